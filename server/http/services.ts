import type { Cidr } from "../../domain/network/client-address.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import type { ResumableObjects } from "../../platform/objects/objects.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { PasswordCheck } from "../auth/passwords.ts";
import type { SignInThrottle } from "../auth/sign-in-throttle.ts";
import type { TokenBuckets } from "../auth/token-bucket.ts";
import type { SharedAnalytics } from "../data/analytics.ts";
import type { Sql } from "../data/sql.ts";
import type { UploadGate } from "../uploads/upload-gate.ts";
import type { WebhookTap } from "../webhooks/webhook-tap.ts";

/** What routes and jobs work with; built by `main.ts`, or by a test with a clock of its own. */
export interface Services {
  db: Postgres;
  /** Analytics; read only, its tables are the collector's. */
  clickhouse: ClickHouse;
  /** How the Data API asks it. */
  analytics: SharedAnalytics;
  /** Statements of customers. */
  sql: Sql;
  objects: ResumableObjects;
  uploads: UploadGate;
  /** Streams of events that customers have open. */
  webhookTap: WebhookTap;
  checkPassword: PasswordCheck;
  throttle: SignInThrottle;
  tokenBuckets: TokenBuckets;
  /** Requests per caller that may come at once, told in `X-RateLimit-Limit`. */
  tokenBurst: number;
  trustedProxies: readonly Cidr[];
  socketTokenSecret: Uint8Array;
  publicSocketUrl: string;
  /** Origin under which clients reach this API; upload URLs begin with it. */
  publicApiUrl: string;
  /** Origin under which clients reach delivery; URLs of masters begin with it. */
  publicStreamUrl: string;
  /** How this process reaches delivery. */
  deliveryUrl: string;
  /** Id of an asset, upload, playback id or track. */
  newId: () => string;
  /** Unix milliseconds. */
  now: () => number;
}
