/** Internal number of an environment: the first column of every ClickHouse key, `property_id` on the wire. */
export type EnvironmentId = number & { readonly __brand: "EnvironmentId" };

/** Largest value that fits the `UInt32` columns. 0 is never given out. */
const MAX_ENVIRONMENT_ID = 4_294_967_295;

export function isEnvironmentId(value: unknown): value is EnvironmentId {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_ENVIRONMENT_ID;
}

/** Longest view id that is kept, in UTF-16 code units. SDK view ids are opaque; do not validate them as UUIDs. */
export const MAX_VIEW_ID_LENGTH = 255;

const ENV_KEY = /^[a-z0-9]{1,64}$/;

/** True for a well-formed environment key, the `env_key` (`ake`) that SDKs put in every event. */
export function isEnvKey(value: unknown): value is string {
  return typeof value === "string" && ENV_KEY.test(value);
}
