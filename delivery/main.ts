import { access, constants } from "node:fs/promises";
import { listen } from "../platform/http/listen.ts";
import { openFolderObjects } from "../platform/objects/folder-objects.ts";
import { openInternalPort } from "../platform/observability/internal-port.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { createMetrics } from "../platform/observability/metrics.ts";
import { Program } from "../platform/observability/program.ts";
import { Readiness } from "../platform/observability/readiness.ts";
import { createPool, createPostgres } from "../platform/postgres/pool.ts";
import { createRespond } from "./answers.ts";
import { readConfig } from "./config.ts";
import { createDelivery } from "./delivery.ts";
import { createDeliveryMetrics } from "./delivery-metrics.ts";
import { createThumbnails } from "./images/thumbnails.ts";
import { createPlans } from "./plans.ts";
import { createPlaybackIds, readPlaybackIdsFrom } from "./playback-ids.ts";
import { createPostgresCheck } from "./postgres-check.ts";
import { createMediaObjects } from "./segments/media-objects.ts";
import { createTexts } from "./texts/texts.ts";
import { createTranscoder } from "./transcoder-client.ts";

/** Look-ups are single rows by key, and equal ones share a query. */
const CONNECTIONS = 4;
const THUMBNAIL_CACHE_BYTES = 64 * 1024 ** 2;

const config = readConfig();
const log = createLogger("delivery", config.logLevel);
const program = new Program(log);
program.watchSignals({ supervised: config.supervised });

try {
  const registry = createMetrics("delivery");
  const metrics = createDeliveryMetrics(registry, log);
  const readiness = new Readiness();
  const opened = readiness.awaiting("public port");
  const internal = await openInternalPort(config.hosts, config.internalPort, registry, readiness);
  program.onStop("internal port", () => internal.close());

  const { databaseUrl: url } = config;
  const pool = createPool({ url, applicationName: "playhead-delivery", log, metrics: registry, max: CONNECTIONS });
  program.onStop("postgres", () => pool.end());
  const readPlaybackId = readPlaybackIdsFrom(createPostgres(pool));
  readiness.add("postgres", createPostgresCheck(readPlaybackId));

  const objects = openFolderObjects(config.objectsDir);
  readiness.add("objects", async () => {
    await access(config.objectsDir, constants.R_OK | constants.X_OK);
    return { ok: true };
  });

  const transcoder = createTranscoder({ urls: config.transcoderUrls, secret: config.transcoderSecret, metrics });
  program.onStop("transcoder connections", () => transcoder.close());
  readiness.add("transcoder", async () => {
    if (await transcoder.isReachable()) return { ok: true };
    return { ok: true, degraded: "no transcoder answers: what is stored plays, nothing is made" };
  });

  const nowMs = (): number => performance.now();
  const respond = createRespond({
    playbackIds: createPlaybackIds({ read: readPlaybackId, nowMs, onStale: metrics.stale }),
    plans: createPlans(objects, metrics),
    media: createMediaObjects({ objects, transcoder, metrics, cacheBytes: config.cacheBytes }),
    thumbnails: createThumbnails(transcoder, THUMBNAIL_CACHE_BYTES),
    texts: createTexts(objects, metrics),
  });
  const listener = await listen(config.hosts, config.port, createDelivery({ respond, metrics, log }));
  opened();
  program.onStop("public port", () => listener.close());
  log.info({ port: listener.port }, "listening");
} catch (error) {
  await program.fail(error);
}
