import type { Timeframe } from "../../domain/data-api/timeframe.ts";
import { ApiError } from "../../domain/errors.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import { type Capped, requireRoom } from "../http/require-room.ts";

export type AnnotationRow = Pick<Row<"annotations">, "id" | "date" | "note" | "sub_property_id">;

const COLUMNS = ["id", "date", "note", "sub_property_id"] as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** All of them are known to a walk through the list. */
const ANNOTATIONS: Capped = { most: 10_000, noun: "annotations" };

/** Ids in order of dates. @param timeframe null: of all times */
export async function annotationIds(
  db: Postgres,
  environmentId: string,
  timeframe: Timeframe | null,
  direction: "asc" | "desc",
): Promise<string[]> {
  const rows = await db
    .selectFrom("annotations")
    .select("id")
    .where("environment_id", "=", environmentId)
    .$if(timeframe !== null, (query) =>
      query.where("date", ">=", new Date(timeframe?.fromMs ?? 0)).where("date", "<", new Date(timeframe?.toMs ?? 0)),
    )
    .orderBy("date", direction)
    .orderBy("created_at", direction)
    .orderBy("id", direction)
    .execute();
  return rows.map(({ id }) => id);
}

/** In the order of the ids, without those that there are not any more. */
export async function annotationsById(
  db: Postgres,
  environmentId: string,
  ids: readonly string[],
): Promise<AnnotationRow[]> {
  const rows = await db
    .selectFrom("annotations")
    .select(COLUMNS)
    .where("environment_id", "=", environmentId)
    .where("id", "in", ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export async function requireAnnotation(db: Postgres, environmentId: string, id: string): Promise<AnnotationRow> {
  return existing(
    id,
    await db
      .selectFrom("annotations")
      .select(COLUMNS)
      .where("environment_id", "=", environmentId)
      .where("id", "=", uuid(id))
      .executeTakeFirst(),
  );
}

/** @throws ApiError `limit_reached` */
export async function insertAnnotation(
  transaction: PostgresTransaction,
  environmentId: string,
  annotation: Omit<AnnotationRow, "id"> & { created_at: Date },
): Promise<AnnotationRow> {
  const ours = transaction.selectFrom("annotations").where("environment_id", "=", environmentId);
  await requireRoom(transaction, environmentId, ANNOTATIONS, () =>
    ours.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow(),
  );
  return transaction
    .insertInto("annotations")
    .values({ environment_id: environmentId, ...annotation })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
}

export async function updateAnnotation(
  db: Postgres,
  environmentId: string,
  id: string,
  change: Partial<Omit<AnnotationRow, "id">>,
): Promise<AnnotationRow> {
  return existing(
    id,
    await db
      .updateTable("annotations")
      .set(change)
      .where("environment_id", "=", environmentId)
      .where("id", "=", uuid(id))
      .returning(COLUMNS)
      .executeTakeFirst(),
  );
}

export async function deleteAnnotation(db: Postgres, environmentId: string, id: string): Promise<void> {
  existing(
    id,
    await db
      .deleteFrom("annotations")
      .where("environment_id", "=", environmentId)
      .where("id", "=", uuid(id))
      .returning(COLUMNS)
      .executeTakeFirst(),
  );
}

/** What cannot be an id is not worth a question to the database. */
function uuid(id: string): string {
  if (!UUID.test(id)) throw missing(id);
  return id;
}

function existing(id: string, row: AnnotationRow | undefined): AnnotationRow {
  if (row === undefined) throw missing(id);
  return row;
}

function missing(id: string): ApiError {
  return new ApiError("not_found", [
    `Annotation ${id.slice(0, 100)} does not exist, or does not belong to this environment`,
  ]);
}
