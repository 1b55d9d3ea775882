import type { Postgres } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import { type Capped, requireRoom } from "../http/require-room.ts";

export type ErrorCategory = Pick<Row<"error_categories">, "code" | "severity" | "type">;

const NOTES: Capped = { most: 1_000, noun: "errors with notes" };
/** All of them are read at once, by the list of errors and by the collector. */
const CATEGORIES: Capped = { most: 1_000, noun: "categories of error codes" };

const CATEGORY = ["code", "severity", "type"] as const;

/** Notes on these errors, by `error_type_id`. */
export async function notesOn(
  db: Postgres,
  environmentId: string,
  errorTypeIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (errorTypeIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("error_notes")
    .select(["error_type_id", "note"])
    .where("environment_id", "=", environmentId)
    .where("error_type_id", "in", errorTypeIds)
    .execute();
  return new Map(rows.map(({ error_type_id, note }) => [error_type_id, note]));
}

/** @throws ApiError `limit_reached` */
export async function putNote(
  db: Postgres,
  environmentId: string,
  { errorTypeId, note, nowMs }: { errorTypeId: number; note: string; nowMs: number },
): Promise<void> {
  const written = { note, updated_at: new Date(nowMs) };
  await db.transaction().execute(async (transaction) => {
    const others = transaction
      .selectFrom("error_notes")
      .where("environment_id", "=", environmentId)
      .where("error_type_id", "<>", errorTypeId);
    await requireRoom(transaction, environmentId, NOTES, () =>
      others.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow(),
    );
    await transaction
      .insertInto("error_notes")
      .values({ environment_id: environmentId, error_type_id: errorTypeId, ...written })
      .onConflict((conflict) => conflict.columns(["environment_id", "error_type_id"]).doUpdateSet(written))
      .execute();
  });
}

/** False where there was none. */
export async function deleteNote(db: Postgres, environmentId: string, errorTypeId: number): Promise<boolean> {
  const row = await db
    .deleteFrom("error_notes")
    .where("environment_id", "=", environmentId)
    .where("error_type_id", "=", errorTypeId)
    .returning("error_type_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** By code. */
export function listCategories(db: Postgres, environmentId: string): Promise<ErrorCategory[]> {
  return db
    .selectFrom("error_categories")
    .select(CATEGORY)
    .where("environment_id", "=", environmentId)
    .orderBy("code")
    .execute();
}

/** @throws ApiError `limit_reached` */
export async function putCategory(
  db: Postgres,
  environmentId: string,
  { code, severity, type }: ErrorCategory,
  nowMs: number,
): Promise<void> {
  const written = { severity, type, updated_at: new Date(nowMs) };
  await db.transaction().execute(async (transaction) => {
    const others = transaction
      .selectFrom("error_categories")
      .where("environment_id", "=", environmentId)
      .where("code", "<>", code);
    await requireRoom(transaction, environmentId, CATEGORIES, () =>
      others.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow(),
    );
    await transaction
      .insertInto("error_categories")
      .values({ environment_id: environmentId, code, ...written })
      .onConflict((conflict) =>
        conflict
          .columns(["environment_id", "code"])
          .doUpdateSet(written)
          // the same again would have every edge read for nothing
          .where(({ eb, or }) =>
            or([eb("error_categories.severity", "<>", severity), eb("error_categories.type", "<>", type)]),
          ),
      )
      .execute();
  });
}

/** False where there was none. */
export async function deleteCategory(db: Postgres, environmentId: string, code: string): Promise<boolean> {
  const row = await db
    .deleteFrom("error_categories")
    .where("environment_id", "=", environmentId)
    .where("code", "=", code)
    .returning("code")
    .executeTakeFirst();
  return row !== undefined;
}
