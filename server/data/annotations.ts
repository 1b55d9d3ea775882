import type { Timeframe } from "../../domain/data-api/timeframe.ts";
import { ApiError } from "../../domain/errors.ts";
import type { Page } from "../../domain/metrics/ask/page.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";

export type AnnotationRow = Pick<Row<"annotations">, "id" | "date" | "note" | "sub_property_id">;

const COLUMNS = ["id", "date", "note", "sub_property_id"] as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface AnnotationsAsked {
  /** null: of all times. */
  timeframe: Timeframe | null;
  direction: "asc" | "desc";
  page: Page;
}

/** A page in order of dates, with the number of all. */
export async function listAnnotations(
  db: Postgres,
  environmentId: string,
  { timeframe, direction, page }: AnnotationsAsked,
): Promise<{ rows: AnnotationRow[]; totalRowCount: number }> {
  const matching = db
    .selectFrom("annotations")
    .where("environment_id", "=", environmentId)
    .$if(timeframe !== null, (query) =>
      query.where("date", ">=", new Date(timeframe?.fromMs ?? 0)).where("date", "<", new Date(timeframe?.toMs ?? 0)),
    );
  const [rows, { total }] = await Promise.all([
    matching
      .select(COLUMNS)
      .orderBy("date", direction)
      .orderBy("created_at", direction)
      .orderBy("id", direction)
      .limit(page.limit)
      .offset(page.offset)
      .execute(),
    matching.select((expression) => expression.fn.countAll<number>().as("total")).executeTakeFirstOrThrow(),
  ]);
  return { rows, totalRowCount: total };
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

export function insertAnnotation(
  transaction: PostgresTransaction,
  environmentId: string,
  annotation: Omit<AnnotationRow, "id"> & { created_at: Date },
): Promise<AnnotationRow> {
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
