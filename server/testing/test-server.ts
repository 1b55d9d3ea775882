import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RouteOptions } from "fastify";
import { newMediaId } from "../../domain/asset/media-id.ts";
import { parseCidr } from "../../domain/network/client-address.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import type { TenantSql } from "../../platform/clickhouse/tenant-sql/tenant-sql.ts";
import { type Listener, listen } from "../../platform/http/listen.ts";
import { type JobWorker, startJobWorker } from "../../platform/jobs/worker.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics, type Metrics } from "../../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { createPasswordCheck } from "../auth/passwords.ts";
import { SIGN_IN_LIMITS, type SignInLimits, SignInThrottle } from "../auth/sign-in-throttle.ts";
import { type Rate, TokenBuckets } from "../auth/token-bucket.ts";
import { createAnalytics } from "../data/analytics.ts";
import { createSql } from "../data/sql.ts";
import { answerUnreadable } from "../http/answer-unreadable.ts";
import { type App, createApp } from "../http/app.ts";
import { addRoutes } from "../http/routes.ts";
import type { Services } from "../http/services.ts";
import { serverTasks } from "../tasks.ts";
import { UploadGate } from "../uploads/upload-gate.ts";
import { isUpload } from "../uploads/upload-url-routes.ts";
import { WebhookTap } from "../webhooks/webhook-tap.ts";

export const TEST_SOCKET_SECRET = new Uint8Array(32).fill(9);
export const TEST_START_MS = Date.UTC(2026, 10, 23, 10, 0, 0);

export interface TestServer {
  app: App;
  db: Postgres;
  services: Services;
  metrics: Metrics;
  /** Every route it has, those of the frame too. */
  routes: readonly RouteOptions[];
  /** Folder of stored objects, removed in the end. */
  objectsDir: string;
  /** Opens a port of 127.0.0.1 and gives its origin; closed with the server. */
  listen(): Promise<string>;
  /** Runs the server's jobs from now on, as a program beside it would; they know the real time of the database. */
  startJobs(): void;
  /** Moves the only clock the server has. */
  advance(ms: number): void;
  stop(): Promise<void>;
}

export interface TestServerOptions {
  databaseUrl: string;
  limits?: SignInLimits;
  rate?: Rate;
  deliveryUrl?: string;
  /** Nobody answers there unless it is given. */
  clickhouse?: ClickHouse;
  /** Statements of customers; not set up unless it is given. */
  tenantSql?: TenantSql;
  /** Unix milliseconds at the start; real time is for tests whose jobs wait for one. */
  startMs?: number;
  /** When streams of events end; they stay open unless it is given. */
  webhookStreamMs?: number;
  /** Adds routes of the test's own before the server is ready. */
  extend?: (app: App, services: Services) => void;
}

/** The server as `main.ts` builds it, without ports, with a clock that stands still. */
export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const { databaseUrl, rate = { perSecond: 50, burst: 200 }, startMs = TEST_START_MS } = options;
  const log = createLogger("test", "silent");
  const metrics = createMetrics("test");
  const pool = createPool({ url: databaseUrl, applicationName: "test-server", log });
  const objectsDir = await mkdtemp(join(tmpdir(), "playhead-objects-"));
  let nowMs = startMs;
  const nobody = createClickHouse({ url: "http://127.0.0.1:1", database: "playhead" });
  const services: Services = {
    db: createPostgres(pool),
    clickhouse: options.clickhouse ?? nobody,
    analytics: createAnalytics(options.clickhouse ?? nobody, () => performance.now()),
    sql: createSql(options.tenantSql ?? null),
    objects: openFolderObjects(objectsDir),
    uploads: new UploadGate(),
    webhookTap: new WebhookTap(options.webhookStreamMs),
    checkPassword: await createPasswordCheck(),
    throttle: new SignInThrottle(options.limits ?? SIGN_IN_LIMITS),
    tokenBuckets: new TokenBuckets(rate),
    tokenBurst: rate.burst,
    trustedProxies: [parseCidr("127.0.0.0/8")].filter((cidr) => cidr !== null),
    socketTokenSecret: TEST_SOCKET_SECRET,
    publicSocketUrl: "https://socket.example.com",
    publicApiUrl: "https://api.example.com",
    publicStreamUrl: "https://stream.example.com",
    deliveryUrl: options.deliveryUrl ?? "http://127.0.0.1:1",
    newId: () => newMediaId(randomInt),
    now: () => nowMs,
  };
  const routes: RouteOptions[] = [];
  const onRoute = (route: RouteOptions) => routes.push(route);
  const app = await createApp({ log, metrics, publicApiUrl: "https://api.example.com", onRoute });
  addRoutes(app, services);
  options.extend?.(app, services);
  await app.ready();
  let listener: Listener | null = null;
  let worker: JobWorker | null = null;
  return {
    app,
    routes,
    objectsDir,
    listen: async () => {
      if (listener === null) {
        listener = await listen(["127.0.0.1"], 0, app.routing, { isLong: isUpload });
        answerUnreadable(listener.servers);
      }
      services.publicApiUrl = `http://127.0.0.1:${listener.port}`;
      return services.publicApiUrl;
    },
    startJobs: () => {
      const tasks = serverTasks(services, log);
      worker ??= startJobWorker({ url: databaseUrl, name: "test-server", tasks, concurrency: 4, log, metrics });
    },
    db: services.db,
    services,
    metrics,
    advance: (ms) => {
      nowMs += ms;
    },
    stop: async () => {
      await listener?.close(0);
      await worker?.close();
      await app.close();
      await nobody.close();
      await pool.end();
      await rm(objectsDir, { recursive: true, force: true });
    },
  };
}
