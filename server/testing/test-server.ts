import { parseCidr } from "../../domain/network/client-address.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics, type Metrics } from "../../platform/observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { createPasswordCheck } from "../auth/passwords.ts";
import { SIGN_IN_LIMITS, type SignInLimits, SignInThrottle } from "../auth/sign-in-throttle.ts";
import { type Rate, TokenBuckets } from "../auth/token-bucket.ts";
import { type App, createApp } from "../http/app.ts";
import { addRoutes } from "../http/routes.ts";
import type { Services } from "../http/services.ts";

export const TEST_SOCKET_SECRET = new Uint8Array(32).fill(9);
export const TEST_START_MS = Date.UTC(2026, 10, 23, 10, 0, 0);

export interface TestServer {
  app: App;
  db: Postgres;
  services: Services;
  metrics: Metrics;
  /** Moves the only clock the server has. */
  advance(ms: number): void;
  stop(): Promise<void>;
}

export interface TestServerOptions {
  databaseUrl: string;
  limits?: SignInLimits;
  rate?: Rate;
  /** Adds routes of the test's own before the server is ready. */
  extend?: (app: App, services: Services) => void;
}

/** The server as `main.ts` builds it, without ports, with a clock that stands still. */
export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const { databaseUrl, limits = SIGN_IN_LIMITS, rate = { perSecond: 50, burst: 200 } } = options;
  const log = createLogger("test", "silent");
  const metrics = createMetrics("test");
  const pool = createPool({ url: databaseUrl, applicationName: "test-server", log });
  let nowMs = TEST_START_MS;
  const services: Services = {
    db: createPostgres(pool),
    checkPassword: await createPasswordCheck(),
    throttle: new SignInThrottle(limits),
    tokenBuckets: new TokenBuckets(rate),
    tokenBurst: rate.burst,
    trustedProxies: [parseCidr("127.0.0.0/8")].filter((cidr) => cidr !== null),
    socketTokenSecret: TEST_SOCKET_SECRET,
    publicSocketUrl: "https://socket.example.com",
    now: () => nowMs,
  };
  const app = await createApp({ log, metrics, publicApiUrl: "https://api.example.com" });
  addRoutes(app, services);
  options.extend?.(app, services);
  await app.ready();
  return {
    app,
    db: services.db,
    services,
    metrics,
    advance: (ms) => {
      nowMs += ms;
    },
    stop: async () => {
      await app.close();
      await pool.end();
    },
  };
}
