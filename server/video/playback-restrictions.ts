import { isMediaId } from "../../domain/asset/media-id.ts";
import { ApiError } from "../../domain/errors.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import type { Caller } from "../auth/access-tokens.ts";
import { recordAudit } from "../auth/audit.ts";
import { auditEntryOf } from "../auth/audit-entry.ts";
import { type Capped, requireRoom } from "../http/require-room.ts";
import type { Services } from "../http/services.ts";

export type RestrictionRow = Row<"playback_restrictions">;

/** Rules of a restriction as they are stored. */
export type RestrictionRules = Pick<
  RestrictionRow,
  "allowed_domains" | "allow_no_referrer" | "allow_no_user_agent" | "allow_high_risk_user_agent"
>;

const CAPPED: Capped = { most: 100, noun: "playback restrictions" };

export async function insertRestriction(
  transaction: PostgresTransaction,
  { newId, now }: Pick<Services, "newId" | "now">,
  caller: Caller,
  rules: RestrictionRules,
): Promise<RestrictionRow> {
  const environmentId = caller.environment.id;
  await requireRoom(transaction, environmentId, CAPPED, () =>
    livingRestrictions(transaction, environmentId)
      .clearSelect()
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow(),
  );
  const at = new Date(now());
  const row = await transaction
    .insertInto("playback_restrictions")
    .values({ environment_id: environmentId, id: newId(), ...rules, created_at: at, updated_at: at, deleted_at: null })
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordAudit(transaction, auditEntryOf(caller, "playback_restriction.create", row.id));
  return row;
}

/** Newest first. */
export function listRestrictions(
  db: Postgres,
  environmentId: string,
  { page, limit }: { page: number; limit: number },
): Promise<RestrictionRow[]> {
  return livingRestrictions(db, environmentId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .offset((page - 1) * limit)
    .execute();
}

/** Throws `not_found` for what is deleted or another environment's, too. */
export async function requireRestriction(db: Postgres, environmentId: string, id: string): Promise<RestrictionRow> {
  const row = isMediaId(id)
    ? await livingRestrictions(db, environmentId).where("id", "=", id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw missing(id);
  return row;
}

/** Delivery follows within 10 s. Throws `not_found`. */
export function changeRestriction(
  { db, now }: Pick<Services, "db" | "now">,
  caller: Caller,
  id: string,
  change: Partial<RestrictionRules> | "delete",
): Promise<RestrictionRow> {
  if (!isMediaId(id)) throw missing(id);
  const at = new Date(now());
  const isDeleted = change === "delete";
  return db.transaction().execute(async (transaction) => {
    const row = await transaction
      .updateTable("playback_restrictions")
      .set(isDeleted ? { deleted_at: at } : { ...change, updated_at: at })
      .where("environment_id", "=", caller.environment.id)
      .where("id", "=", id)
      .where("deleted_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw missing(id);
    const action = isDeleted ? "playback_restriction.delete" : "playback_restriction.update";
    await recordAudit(transaction, auditEntryOf(caller, action, id));
    return row;
  });
}

function livingRestrictions(db: Postgres | PostgresTransaction, environmentId: string) {
  return db
    .selectFrom("playback_restrictions")
    .selectAll()
    .where("environment_id", "=", environmentId)
    .where("deleted_at", "is", null);
}

function missing(id: string): ApiError {
  return new ApiError("not_found", [
    `Playback restriction ${id} does not exist, or does not belong to this environment`,
  ]);
}
