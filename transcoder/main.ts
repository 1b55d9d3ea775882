import { Gauge, Histogram } from "prom-client";
import { listen } from "../platform/http/listen.ts";
import { Leases } from "../platform/leases/leases.ts";
import { openObjects } from "../platform/objects/open-objects.ts";
import { openInternalPort } from "../platform/observability/internal-port.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { createMetrics } from "../platform/observability/metrics.ts";
import { Program } from "../platform/observability/program.ts";
import { type CheckResult, Readiness } from "../platform/observability/readiness.ts";
import { missingMigrations } from "../platform/postgres/migrate.ts";
import { createPool, createPostgres } from "../platform/postgres/pool.ts";
import { RECOGNISER_FOLDER, recogniserMissing } from "../platform/speech/embedded/recogniser-files.ts";
import { sweepTemporaryFolders } from "../platform/temporary/temporary-folder.ts";
import { startCaptionWorkers } from "./captions/caption-workers.ts";
import { readTranscoderConfig } from "./config.ts";
import { type FfmpegTools, LAYERS_HELP, openFfmpeg } from "./ffmpeg.ts";
import { makeListener } from "./http/make-listener.ts";
import { ImageMaker } from "./images/image-maker.ts";
import { startFillWorker, startIngestWorkers } from "./jobs/ingest-workers.ts";
import { ObjectMaker } from "./make/make-object.ts";
import { Slots } from "./make/slots.ts";
import { wholeObjects } from "./make/whole-objects.ts";
import { openRecogniser } from "./recogniser.ts";
import { SourceCache } from "./source/source-cache.ts";

/** Single pictures at a time, of the number of encodes: they run beside those, so that they take a third of the cores at most. */
const IMAGE_RATIO = 0.5;
/** Threads that decode for one encode: more than two gain nothing at our sizes. */
const ENCODE_THREADS = 2;
/** At up to 1.3 s a segment, whoever has more before him waits for longer than delivery's 15 s (docs/decisions/just-in-time.md). */
const MAX_AHEAD_PER_PLACE = 10;

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

const store = await openObjects(config, "write");
const { objects } = store;
program.onStop("objects", store.close);
readiness.add("objects", store.check);
const swept = await sweepTemporaryFolders();
if (swept > 0) log.info({ swept }, "temporary folders of killed programs removed");
const tools = await openFfmpeg({ ffmpegPath: config.ffmpegPath, ffprobePath: config.ffprobePath, log });
readiness.add("ffmpeg", () => sandboxCheck(tools));
const recogniser = openRecogniser(RECOGNISER_FOLDER, tools.layers);
readiness.add("speech", speechCheck);

const encodeSeconds = new Histogram({
  name: "playhead_encode_seconds",
  help: "Time from reading the samples of one segment to having it stored",
  buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30],
  registers: [metrics],
});
const slots = new Slots(config.slots, config.slots * MAX_AHEAD_PER_PLACE);
new Gauge({
  name: "playhead_encodes_waiting",
  help: "Segments that wait for a free encoder",
  registers: [metrics],
  collect() {
    this.set(slots.waiting);
  },
});

const sources = new SourceCache(objects);
const leases = new Leases(db);
const maker = new ObjectMaker({
  objects,
  sources,
  tools,
  leases,
  slots,
  log,
  threads: ENCODE_THREADS,
  onEncoded: (seconds) => encodeSeconds.observe(seconds),
});
program.onStop("prefetching", () => maker.close());

const places = Math.max(1, Math.floor(config.slots * IMAGE_RATIO));
const images = new ImageMaker({ objects, sources, tools, leases, slots, places, log });
program.onStop("images", () => images.close());
const listener = await listen(
  config.hosts,
  config.port,
  makeListener({ maker, secret: config.secret, log, image: (wanted, signal) => images.make(wanted, signal) }),
);
opened();
program.onStop("port", () => listener.close());

const jobOptions = { url: config.databaseUrl, name: "playhead-transcoder", log, metrics };
const workers = startIngestWorkers(
  {
    ...{ db, objects, tools, maker, sources, slots, threads: ENCODE_THREADS },
    ...{ isFilling: config.isFilling, allow: config.fetchAllow, log },
  },
  jobOptions,
);
program.onStop("jobs", () => workers.close());
const filling = startFillWorker(
  { db, objects: wholeObjects(objects, log), tools, maker, sources, slots, threads: ENCODE_THREADS, log },
  Math.max(1, config.slots - 1), // one place is always free for somebody who waits
  jobOptions,
);
program.onStop("filling in", () => filling.close());
const captionWorkers = startCaptionWorkers(
  { db, objects, tools, recogniser, sources, slots, allow: config.fetchAllow, log },
  jobOptions,
);
program.onStop("caption jobs", () => captionWorkers.close());
log.info({ port: listener.port }, "listening");

/** It may be fetched while the program runs. */
function speechCheck(): CheckResult {
  const missing = recogniserMissing(RECOGNISER_FOLDER);
  return missing === null ? { ok: true } : { ok: true, degraded: `no automatic captions: ${missing}` };
}

/** A missing layer is the machine's to give: the work goes on without it. */
function sandboxCheck({ sandbox, missingLayers }: FfmpegTools): CheckResult {
  if (missingLayers.length === 0) return { ok: true };
  const lacking = `ffmpeg runs without ${missingLayers.join(", ")}; active: ${sandbox.join(", ")}`;
  return { ok: true, degraded: `${lacking}; to mend it: ${LAYERS_HELP}` };
}
