import { isMediaId } from "../../domain/asset/media-id.ts";
import { ApiError } from "../../domain/errors.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import { type Capped, requireRoom } from "../http/require-room.ts";
import type { Services } from "../http/services.ts";

export type VocabularyRow = Row<"transcription_vocabularies">;

/** What customers say of a vocabulary. */
export type VocabularyText = Pick<VocabularyRow, "name" | "passthrough" | "phrases">;

const CAPPED: Capped = { most: 100, noun: "transcription vocabularies" };

export async function insertVocabulary(
  transaction: PostgresTransaction,
  { newId, now }: Pick<Services, "newId" | "now">,
  environmentId: string,
  text: VocabularyText,
): Promise<VocabularyRow> {
  await requireRoom(transaction, environmentId, CAPPED, () =>
    transaction
      .selectFrom("transcription_vocabularies")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("environment_id", "=", environmentId)
      .executeTakeFirstOrThrow(),
  );
  const at = new Date(now());
  return transaction
    .insertInto("transcription_vocabularies")
    .values({ environment_id: environmentId, id: newId(), ...text, created_at: at, updated_at: at })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Newest first. */
export function listVocabularies(
  db: Postgres,
  environmentId: string,
  { page, limit }: { page: number; limit: number },
): Promise<VocabularyRow[]> {
  return db
    .selectFrom("transcription_vocabularies")
    .selectAll()
    .where("environment_id", "=", environmentId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .offset((page - 1) * limit)
    .execute();
}

/** Throws `not_found` for what is another environment's, too. */
export async function requireVocabulary(db: Postgres, environmentId: string, id: string): Promise<VocabularyRow> {
  const row = isMediaId(id)
    ? await db
        .selectFrom("transcription_vocabularies")
        .selectAll()
        .where("environment_id", "=", environmentId)
        .where("id", "=", id)
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw missing(id);
  return row;
}

/** Throws `not_found`. */
export async function changeVocabulary(
  { db, now }: Pick<Services, "db" | "now">,
  environmentId: string,
  id: string,
  change: Partial<VocabularyText>,
): Promise<VocabularyRow> {
  const row = isMediaId(id)
    ? await db
        .updateTable("transcription_vocabularies")
        .set({ ...change, updated_at: new Date(now()) })
        .where("environment_id", "=", environmentId)
        .where("id", "=", id)
        .returningAll()
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw missing(id);
  return row;
}

/** Throws `not_found`. */
export async function deleteVocabulary(db: Postgres, environmentId: string, id: string): Promise<void> {
  const deleted = isMediaId(id)
    ? await db
        .deleteFrom("transcription_vocabularies")
        .where("environment_id", "=", environmentId)
        .where("id", "=", id)
        .returning("id")
        .executeTakeFirst()
    : undefined;
  if (deleted === undefined) throw missing(id);
}

function missing(id: string): ApiError {
  return new ApiError("not_found", [
    `Transcription vocabulary ${id} does not exist, or does not belong to this environment`,
  ]);
}
