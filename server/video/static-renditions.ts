import { isMediaId } from "../../domain/asset/media-id.ts";
import {
  isFileResolution,
  MAKE_STATIC_TASK,
  type StaticJob,
  type StaticOutcome,
} from "../../domain/asset/static-renditions.ts";
import { ApiError } from "../../domain/errors.ts";
import { type FileResolution, staticName } from "../../domain/media/static-rendition.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import type { Services } from "../http/services.ts";
import { recordEvent } from "./events.ts";
import { staticRenditionToWire } from "./v1/static-rendition-wire.ts";

export type StaticRow = Row<"static_renditions">;
type StaticEvent = "created" | "ready" | "skipped" | "errored" | "deleted";

interface Owner {
  environmentId: string;
  assetId: string;
}

/** Files of assets, in the order they were asked for. */
export function staticRenditionsOf(
  db: Postgres | PostgresTransaction,
  environmentId: string,
  assetIds: readonly string[],
): Promise<StaticRow[]> {
  return db
    .selectFrom("static_renditions")
    .selectAll()
    .where("environment_id", "=", environmentId)
    .where("asset_id", "in", assetIds)
    .where("deleted_at", "is", null)
    .orderBy("created_at")
    .orderBy("name")
    .execute();
}

/** Notes what is wanted; `isLegacy`: because of `mp4_support`. Nothing is made before the asset is ready: {@link makeStaticRenditions}. */
export async function insertStaticRenditions(
  transaction: PostgresTransaction,
  { newId, now }: Pick<Services, "newId" | "now">,
  { environmentId, assetId }: Owner,
  wanted: readonly { resolution: FileResolution; passthrough: string | null }[],
  { isLegacy }: { isLegacy: boolean } = { isLegacy: false },
): Promise<StaticRow[]> {
  if (wanted.length === 0) return [];
  const created_at = new Date(now());
  return transaction
    .insertInto("static_renditions")
    .values(
      wanted.map(({ resolution, passthrough }) => ({
        ...{ environment_id: environmentId, asset_id: assetId, id: newId(), resolution, name: staticName(resolution) },
        ...{ status: "preparing" as const, passthrough, created_at, is_legacy: isLegacy },
      })),
    )
    .returningAll()
    .execute();
}

export async function tellStaticCreated(
  transaction: PostgresTransaction,
  rows: readonly StaticRow[],
  nowMs: number,
): Promise<void> {
  for (const row of rows) await tell(transaction, "created", row, nowMs);
}

/** Has those made that are not made yet; the asset is ready. */
export async function makeStaticRenditions(
  transaction: PostgresTransaction,
  rows: readonly StaticRow[],
): Promise<void> {
  for (const { environment_id: environment, asset_id: assetId, id, resolution, status } of rows) {
    if (status !== "preparing" || !isFileResolution(resolution)) continue;
    const payload: StaticJob = { environment, assetId, id, resolution };
    const key = `${MAKE_STATIC_TASK}:${id}`;
    await addJob(transaction, { task: MAKE_STATIC_TASK, payload, key, queue: `static:${environment}` });
  }
}

/** What a transcoder made of it, once: whether it was waited for. One that was deleted meanwhile stays as it is. */
export async function applyStaticOutcome(
  transaction: PostgresTransaction,
  { now }: Pick<Services, "now">,
  { environmentId, assetId, id }: Owner & { id: string },
  outcome: StaticOutcome,
): Promise<boolean> {
  const row = await transaction
    .updateTable("static_renditions")
    .set({ status: outcome.kind, ...(outcome.kind === "ready" ? columnsOf(outcome) : {}) })
    .where("environment_id", "=", environmentId)
    .where("asset_id", "=", assetId)
    .where("id", "=", id)
    .where("status", "=", "preparing")
    .where("deleted_at", "is", null)
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) await tell(transaction, outcome.kind, row, now());
  return row !== undefined;
}

/** Nothing will be made any more: the asset cannot be played. */
export async function failStaticRenditions(
  transaction: PostgresTransaction,
  services: Pick<Services, "now">,
  rows: readonly StaticRow[],
): Promise<void> {
  for (const { environment_id: environmentId, asset_id: assetId, id } of rows)
    await applyStaticOutcome(transaction, services, { environmentId, assetId, id }, { kind: "errored" });
}

/** One by its id, also after it was deleted. */
export function staticRenditionOf(
  transaction: PostgresTransaction,
  { environmentId, assetId, id }: Owner & { id: string },
): Promise<StaticRow | undefined> {
  return transaction
    .selectFrom("static_renditions")
    .selectAll()
    .where("environment_id", "=", environmentId)
    .where("asset_id", "=", assetId)
    .where("id", "=", id)
    .executeTakeFirst();
}

/** Ends one. 404 where the asset has none of that id. Its bytes go with the job that the caller adds. */
export async function endStaticRendition(
  transaction: PostgresTransaction,
  { now }: Pick<Services, "now">,
  { environmentId, assetId, id }: Owner & { id: string },
): Promise<StaticRow> {
  const notFound = [`Static rendition ${id} does not exist, or does not belong to this asset`];
  if (!isMediaId(id)) throw new ApiError("not_found", notFound);
  const nowMs = now();
  const row = await transaction
    .updateTable("static_renditions")
    .set({ deleted_at: new Date(nowMs) })
    .where("environment_id", "=", environmentId)
    .where("asset_id", "=", assetId)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new ApiError("not_found", notFound);
  await tell(transaction, "deleted", row, nowMs);
  return row;
}

function columnsOf({ planId, widthPx, heightPx, bitrate, sizeBytes }: Extract<StaticOutcome, { kind: "ready" }>) {
  const size = widthPx > 0 ? { width: widthPx, height: heightPx } : {};
  return { ...size, bitrate: String(bitrate), size_bytes: String(sizeBytes), plan_id: planId };
}

/** Files of `mp4_support` are told of together (`mp4-support.ts`). */
async function tell(transaction: PostgresTransaction, what: StaticEvent, row: StaticRow, nowMs: number): Promise<void> {
  if (row.is_legacy) return;
  const { environment_id: environmentId, asset_id: assetId } = row;
  await recordEvent(transaction, {
    type: `video.asset.static_rendition.${what}`,
    environmentId,
    object: { type: "asset", id: assetId },
    data: { ...staticRenditionToWire(row), asset_id: assetId },
    nowMs,
  });
}
