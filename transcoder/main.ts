import { Gauge, Histogram } from "prom-client";
import { listen } from "../platform/http/listen.ts";
import { Leases } from "../platform/leases/leases.ts";
import { openFolderObjects } from "../platform/objects/folder-objects.ts";
import { openInternalPort } from "../platform/observability/internal-port.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { createMetrics } from "../platform/observability/metrics.ts";
import { Program } from "../platform/observability/program.ts";
import { type CheckResult, Readiness } from "../platform/observability/readiness.ts";
import { missingMigrations } from "../platform/postgres/migrate.ts";
import { createPool, createPostgres } from "../platform/postgres/pool.ts";
import { startCaptionWorkers } from "./captions/caption-workers.ts";
import { readTranscoderConfig } from "./config.ts";
import { type FfmpegTools, openFfmpeg } from "./ffmpeg.ts";
import { makeListener } from "./http/make-listener.ts";
import { makeImage } from "./images/make-image.ts";
import { startIngestWorkers } from "./jobs/ingest-workers.ts";
import { NothingToMakeError, ObjectMaker } from "./make/make-object.ts";
import { Slots } from "./make/slots.ts";
import { SourceCache } from "./source/source-cache.ts";

/** One more than encodes: a picture is wanted quickly and takes little. */
const EXTRA_IMAGE_SLOTS = 1;
/** Anybody may ask for any time and size of a public film; at half a second each, the last of these waits for delivery's 15 s. */
const MAX_WAITING_IMAGES = 100;
/** Threads that decode for one encode: more than two gain nothing at our sizes. */
const ENCODE_THREADS = 2;

const config = readTranscoderConfig();
const log = createLogger("transcoder", config.logLevel);
const metrics = createMetrics("transcoder");
const readiness = new Readiness();
const opened = readiness.awaiting("public port");
const program = new Program(log);
program.watchSignals({ supervised: config.isSupervised });

const pool = createPool({ url: config.databaseUrl, applicationName: "playhead-transcoder", log, metrics });
program.onStop("postgres", () => pool.end());
const db = createPostgres(pool);
readiness.add("postgres", async () => {
  const missing = await missingMigrations(db);
  return missing.length === 0 ? { ok: true } : { ok: false, reason: `migrations did not run: ${missing.join(", ")}` };
});

const internal = await openInternalPort(config.hosts, config.internalPort, metrics, readiness);
program.onStop("internal port", () => internal.close());

const objects = openFolderObjects(config.objectsDir);
const tools = await openFfmpeg({ ffmpegPath: config.ffmpegPath, ffprobePath: config.ffprobePath, log });
readiness.add("ffmpeg", () => sandboxCheck(tools));

const encodeSeconds = new Histogram({
  name: "playhead_encode_seconds",
  help: "Time from reading the samples of one segment to having it stored",
  buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30],
  registers: [metrics],
});
const slots = new Slots(config.slots);
new Gauge({
  name: "playhead_encodes_waiting",
  help: "Segments that wait for a free encoder",
  registers: [metrics],
  collect() {
    this.set(slots.waiting);
  },
});

const sources = new SourceCache(objects);
const maker = new ObjectMaker({
  objects,
  sources,
  tools,
  leases: new Leases(db),
  slots,
  log,
  threads: ENCODE_THREADS,
  onEncoded: (seconds) => encodeSeconds.observe(seconds),
});
program.onStop("prefetching", () => maker.close());

const imageSlots = new Slots(config.slots + EXTRA_IMAGE_SLOTS, MAX_WAITING_IMAGES);
const listener = await listen(
  config.hosts,
  config.port,
  makeListener({
    maker,
    secret: config.secret,
    log,
    image: async (wanted, signal) => {
      const planned = await sources.get(wanted, wanted.planId);
      if (planned === null) throw new NothingToMakeError(`there is no plan ${wanted.planId}`);
      return imageSlots.run(
        () => "viewer",
        signal,
        () => makeImage(tools, objects, planned, wanted, signal),
      );
    },
  }),
);
opened();
program.onStop("port", () => listener.close());

const workers = startIngestWorkers(
  { db, objects, tools, maker, allow: config.fetchAllow, log },
  { url: config.databaseUrl, name: "playhead-transcoder", log, metrics },
);
program.onStop("jobs", () => workers.close());
const captionWorkers = startCaptionWorkers(
  { db, objects, tools, allow: config.fetchAllow, log },
  { url: config.databaseUrl, name: "playhead-transcoder", log, metrics },
);
program.onStop("caption jobs", () => captionWorkers.close());
log.info({ port: listener.port }, "listening");

/** A missing layer is the machine's to give: the work goes on without it. */
function sandboxCheck({ sandbox, missingLayers }: FfmpegTools): CheckResult {
  if (missingLayers.length === 0) return { ok: true };
  return { ok: true, degraded: `ffmpeg runs without ${missingLayers.join(", ")}; active: ${sandbox.join(", ")}` };
}
