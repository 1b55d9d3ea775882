import { isMediaId } from "../../domain/asset/media-id.ts";
import { type EnvironmentId, isEnvironmentId } from "../../domain/identifiers.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";

/** The public half of a key with which tokens are signed, and whose it is. */
export interface SigningKey {
  publicKey: string;
  environmentId: EnvironmentId;
}

/** Null for what is none, is deleted, or is of a deleted environment. Asked each time, so that a deleted key ends at once. */
export async function findSigningKey(db: Postgres, id: string): Promise<SigningKey | null> {
  if (!isMediaId(id)) return null;
  const row = await db
    .selectFrom("signing_keys as k")
    .innerJoin("environments as e", "e.id", "k.environment_id")
    .select(["k.public_key", "e.number"])
    .where("k.id", "=", id)
    .where("k.deleted_at", "is", null)
    .where("e.deleted_at", "is", null)
    .executeTakeFirst();
  if (row === undefined) return null;
  if (!isEnvironmentId(row.number)) throw new Error(`signing key ${id} belongs to environment number ${row.number}`);
  return { publicKey: row.public_key, environmentId: row.number };
}
