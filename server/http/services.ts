import type { Cidr } from "../../domain/network/client-address.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { PasswordCheck } from "../auth/passwords.ts";
import type { SignInThrottle } from "../auth/sign-in-throttle.ts";
import type { TokenBuckets } from "../auth/token-bucket.ts";

/** What routes work with; built by `main.ts`, or by a test with a clock of its own. */
export interface Services {
  db: Postgres;
  checkPassword: PasswordCheck;
  throttle: SignInThrottle;
  tokenBuckets: TokenBuckets;
  /** Requests per token that may come at once, told in `X-RateLimit-Limit`. */
  tokenBurst: number;
  trustedProxies: readonly Cidr[];
  socketTokenSecret: Uint8Array;
  publicSocketUrl: string;
  /** Unix milliseconds. */
  now: () => number;
}
