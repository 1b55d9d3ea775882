import { randomInt } from "node:crypto";
import { newMediaId } from "../domain/asset/media-id.ts";
import { createClickHouse } from "../platform/clickhouse/client.ts";
import { DATABASE } from "../platform/clickhouse/migrate.ts";
import { createTenantSql } from "../platform/clickhouse/tenant-sql/tenant-sql.ts";
import { listen } from "../platform/http/listen.ts";
import { addJobUnlessWaiting } from "../platform/jobs/jobs.ts";
import { startJobWorker } from "../platform/jobs/worker.ts";
import { countBuffersWithHeap } from "../platform/memory/count-buffers.ts";
import { openObjects } from "../platform/objects/open-objects.ts";
import { openInternalPort } from "../platform/observability/internal-port.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { createMetrics } from "../platform/observability/metrics.ts";
import { Program } from "../platform/observability/program.ts";
import { Readiness } from "../platform/observability/readiness.ts";
import { missingMigrations } from "../platform/postgres/migrate.ts";
import { createPool, createPostgres } from "../platform/postgres/pool.ts";
import { createPasswordCheck } from "./auth/passwords.ts";
import { SIGN_IN_LIMITS, SignInThrottle } from "./auth/sign-in-throttle.ts";
import { TokenBuckets } from "./auth/token-bucket.ts";
import { readServerConfig } from "./config.ts";
import { createAnalytics } from "./data/analytics.ts";
import { startExportClock } from "./data/exports/export-clock.ts";
import { createSql } from "./data/sql.ts";
import { answerUnreadable } from "./http/answer-unreadable.ts";
import { createApp } from "./http/app.ts";
import { addRoutes } from "./http/routes.ts";
import type { Services } from "./http/services.ts";
import { serverTasks } from "./tasks.ts";
import { reapObjectsIn } from "./uploads/reap-objects.ts";
import { UploadGate } from "./uploads/upload-gate.ts";
import { isUpload } from "./uploads/upload-url-routes.ts";
import { sweepJob } from "./video/sweep-objects.ts";
import { reapEventsJob } from "./webhooks/reap-webhook-events.ts";
import { startWebhooks } from "./webhooks/start-webhooks.ts";
import { WebhookTap } from "./webhooks/webhook-tap.ts";

/** Results of transcoders, uploads to settle, bytes to delete: each is short. */
const JOBS_AT_ONCE = 4;
/** A start is busy enough; from then on it is once a day, by whichever server is there. */
const FIRST_SWEEP_MS = 10 * 60_000;
const UPLOADS_GRACE_MS = 2_000;

countBuffersWithHeap();
const config = readServerConfig();
const log = createLogger("server", config.logLevel);
const metrics = createMetrics("server");
const readiness = new Readiness();
const opened = readiness.awaiting("public port");
const program = new Program(log);
program.watchSignals({ supervised: config.isSupervised });

const pool = createPool({ url: config.databaseUrl, applicationName: "playhead-server", log, metrics });
program.onStop("postgres", () => pool.end());
const db = createPostgres(pool);
const clickhouse = createClickHouse({ url: config.clickhouseUrl, database: DATABASE, log });
program.onStop("clickhouse", () => clickhouse.close());
const tenantSql = config.clickhouseSqlUrl === null ? null : createTenantSql(config.clickhouseSqlUrl, DATABASE);
program.onStop("sql", async () => tenantSql?.close());
readiness.add("postgres", async () => {
  const missing = await missingMigrations(db);
  return missing.length === 0 ? { ok: true } : { ok: false, reason: `migrations did not run: ${missing.join(", ")}` };
});

const internal = await openInternalPort(config.hosts, config.internalPort, metrics, readiness);
program.onStop("internal port", () => internal.close());

const store = await openObjects(config, "write");
program.onStop("objects", store.close);
readiness.add("objects", store.check);

const services: Services = {
  db,
  clickhouse,
  analytics: createAnalytics(clickhouse, () => performance.now(), config),
  sql: createSql(tenantSql),
  objects: store.objects,
  uploads: new UploadGate(),
  webhookTap: new WebhookTap(),
  checkPassword: await createPasswordCheck(),
  throttle: new SignInThrottle(SIGN_IN_LIMITS),
  tokenBuckets: new TokenBuckets(config.apiRate),
  tokenBurst: config.apiRate.burst,
  trustedProxies: config.trustedProxies,
  socketTokenSecret: config.socketTokenSecret,
  publicSocketUrl: config.publicSocketUrl,
  publicApiUrl: config.publicApiUrl,
  publicStreamUrl: config.publicStreamUrl,
  deliveryUrl: config.deliveryUrl,
  newId: () => newMediaId(randomInt),
  now: Date.now,
};
const app = await createApp({ log, metrics, publicApiUrl: config.publicApiUrl });
addRoutes(app, services);
await app.ready();
program.onStop("routes", () => app.close());

const worker = startJobWorker({
  url: config.databaseUrl,
  name: "playhead-server",
  tasks: serverTasks(services, log),
  concurrency: JOBS_AT_ONCE,
  log,
  metrics,
});
program.onStop("jobs", () => worker.close());
reapObjectsIn(services.db, 0).catch((error: unknown) => {
  log.warn({ err: error }, "abandoned uploads are not looked for before the next start");
});
addJobUnlessWaiting(db, sweepJob(FIRST_SWEEP_MS)).catch((error: unknown) => {
  log.warn({ err: error }, "left-over objects are not looked for before the next start");
});
addJobUnlessWaiting(db, reapEventsJob(FIRST_SWEEP_MS)).catch((error: unknown) => {
  log.warn({ err: error }, "old events are not deleted before the next start");
});
const webhooks = startWebhooks({
  ...{ db, databaseUrl: config.databaseUrl, tap: services.webhookTap, allow: config.fetchAllow },
  ...{ now: services.now, log, metrics },
});
program.onStop("webhooks", () => webhooks.stop());
const exportClock = startExportClock(db, log);
program.onStop("export clock", () => exportClock.stop());

const listener = await listen(config.hosts, config.port, app.routing, { isLong: isUpload });
answerUnreadable(listener.servers);
opened();
program.onStop("public port", () => listener.close());
program.onStop("webhook streams", () => services.webhookTap.close());
program.onStop("uploads", () => services.uploads.stop(UPLOADS_GRACE_MS));
log.info({ port: listener.port }, "listening");
