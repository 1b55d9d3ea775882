import type { Postgres } from "../../platform/postgres/pool.ts";
import { createRememberedRows, type RememberedRows, type RememberedRowsOptions } from "../remembered-rows.ts";

/** A master that was made, as `delivery_masters` tells. */
export interface Master {
  name: string;
  /** Where its bytes lie. */
  objectKey: string;
  /** What its URL has to name. */
  token: string;
  /** Unix milliseconds, by the clock of Postgres. */
  expiresAtMs: number;
  /** False once its time is over by that clock, or it, its asset or its environment is deleted: for good. */
  isActive: boolean;
}

/** By their ids. */
export type Masters = RememberedRows<Master>;

/** One that ended is dead within 10 s, as playback ids. */
const FOUND_MS = 5_000;
const ABSENT_MS = 1_000;

export function createMasters(options: Omit<RememberedRowsOptions<Master>, "lifeMs" | "unknown">): Masters {
  return createRememberedRows({
    ...options,
    lifeMs: (row) => (row === null ? ABSENT_MS : FOUND_MS),
    unknown: "Whether this link still holds cannot be told now",
  });
}

/** Null where there is no such master. Rejects with `PostgresUnavailable`. */
export function readMastersFrom(postgres: Postgres) {
  return async (masterId: string): Promise<Master | null> => {
    const row = await postgres
      .selectFrom("delivery_masters")
      .select(["name", "object_key", "url_token", "expires_at", "active"])
      .where("master_id", "=", masterId)
      .executeTakeFirst();
    if (row === undefined) return null;
    const { name, object_key: objectKey, url_token: token, expires_at, active: isActive } = row;
    return { name, objectKey, token, expiresAtMs: expires_at.getTime(), isActive };
  };
}
