import { LOG_RETENTION_MS, TOPICS } from "../domain/messages/topics.ts";
import { openEventLog } from "../platform/eventlog/open-event-log.ts";
import { openPatientWriter } from "../platform/eventlog/patient-writer.ts";
import { listen } from "../platform/http/listen.ts";
import { openObjects } from "../platform/objects/open-objects.ts";
import { openInternalPort } from "../platform/observability/internal-port.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { createMetrics } from "../platform/observability/metrics.ts";
import { Program } from "../platform/observability/program.ts";
import { Readiness } from "../platform/observability/readiness.ts";
import { createPool, createPostgres } from "../platform/postgres/pool.ts";
import { createAccess } from "./access.ts";
import { createRespond } from "./answers.ts";
import { readConfig } from "./config.ts";
import { createDelivery } from "./delivery.ts";
import { createDeliveryMetrics } from "./delivery-metrics.ts";
import { createImages } from "./images/images.ts";
import { createMasters, readMastersFrom } from "./masters/masters.ts";
import { createPlans } from "./plans.ts";
import { createPlaybackIds, readPlaybackIdsFrom } from "./playback-ids.ts";
import { createPostgresCheck } from "./postgres-check.ts";
import { createMediaObjects } from "./segments/media-objects.ts";
import { createStaticFiles } from "./static/static-files.ts";
import { createTexts } from "./texts/texts.ts";
import { createGrants } from "./tokens/grants.ts";
import { createTokenRules } from "./tokens/rules.ts";
import { createTranscoder } from "./transcoder-client.ts";
import { createUsageLog } from "./usage/usage-log.ts";
import { createUsageMetrics } from "./usage/usage-metrics.ts";

/** Look-ups are single rows by key, and equal ones share a query. */
const CONNECTIONS = 4;
const IMAGE_CACHE_BYTES = 64 * 1024 ** 2;

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
  const postgres = createPostgres(pool);
  const readPlaybackId = readPlaybackIdsFrom(postgres);
  readiness.add("postgres", createPostgresCheck(readPlaybackId));

  const store = await openObjects(config, "read");
  const { objects } = store;
  program.onStop("objects", store.close);
  readiness.add("objects", store.check);

  const transcoder = createTranscoder({ urls: config.transcoderUrls, secret: config.transcoderSecret, metrics });
  program.onStop("transcoder connections", () => transcoder.close());
  readiness.add("transcoder", async () => {
    if (await transcoder.isReachable()) return { ok: true };
    return { ok: true, degraded: "no transcoder answers: what is stored plays, nothing is made" };
  });

  const eventlog = openEventLog({
    ...config.eventlog,
    member: { program: "delivery", port: config.port },
    topics: TOPICS,
    retentionMs: LOG_RETENTION_MS,
    log,
    metrics: registry,
  });
  program.onStop("eventlog", () => eventlog.close());
  const writer = await openPatientWriter(eventlog, "deliveries", log);
  program.onStop("deliveries", () => writer.close());
  const usage = createUsageLog({ writer, log, metrics: createUsageMetrics(registry) });
  program.onStop("usage", () => usage.close());
  readiness.add("event log", () => {
    const trouble = writer.trouble() ?? usage.trouble();
    return trouble === null ? { ok: true } : { ok: true, degraded: `delivered seconds wait: ${trouble}` };
  });

  const remembering = { nowMs: () => performance.now(), onStale: metrics.stale };
  const respond = createRespond({
    access: createAccess({
      playbackIds: createPlaybackIds({ read: readPlaybackId, ...remembering }),
      rules: createTokenRules(postgres, remembering),
      grants: createGrants(config.grantSecrets),
      nowMs: Date.now,
    }),
    nowMs: Date.now,
    plans: createPlans(objects, metrics),
    media: createMediaObjects({ objects, transcoder, metrics, cacheBytes: config.cacheBytes }),
    images: createImages({ objects, transcoder, metrics, cacheBytes: IMAGE_CACHE_BYTES }),
    imageOrigin: config.imageOrigin,
    bases: config.bases,
    texts: createTexts(objects, metrics),
    files: createStaticFiles(objects),
    masters: createMasters({ read: readMastersFrom(postgres), ...remembering }),
  });
  const listener = await listen(config.hosts, config.port, createDelivery({ respond, usage, metrics, log }));
  opened();
  program.onStop("public port", () => listener.close());
  log.info({ port: listener.port }, "listening");
} catch (error) {
  await program.fail(error);
}
