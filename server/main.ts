import { listen } from "../platform/http/listen.ts";
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
import { createApp } from "./http/app.ts";
import { addRoutes } from "./http/routes.ts";

const config = readServerConfig();
const log = createLogger("server", config.logLevel);
const metrics = createMetrics("server");
const readiness = new Readiness();
const program = new Program(log);
program.watchSignals({ supervised: config.isSupervised });

const pool = createPool({ url: config.databaseUrl, applicationName: "playhead-server", log, metrics });
program.onStop("postgres", () => pool.end());
const db = createPostgres(pool);
readiness.add("postgres", async () => {
  const missing = await missingMigrations(db);
  return missing.length === 0 ? { ok: true } : { ok: false, reason: `migrations did not run: ${missing.join(", ")}` };
});

const internal = await openInternalPort(config.hosts, config.internalPort, metrics, readiness);
program.onStop("internal port", () => internal.close());

const app = await createApp({ log, metrics, publicApiUrl: config.publicApiUrl });
addRoutes(app, {
  db,
  checkPassword: await createPasswordCheck(),
  throttle: new SignInThrottle(SIGN_IN_LIMITS),
  tokenBuckets: new TokenBuckets(config.apiRate),
  tokenBurst: config.apiRate.burst,
  trustedProxies: config.trustedProxies,
  socketTokenSecret: config.socketTokenSecret,
  publicSocketUrl: config.publicSocketUrl,
  now: Date.now,
});
await app.ready();
program.onStop("routes", () => app.close());

const listener = await listen(config.hosts, config.port, app.routing);
program.onStop("public port", () => listener.close());
log.info({ port: listener.port }, "listening");
