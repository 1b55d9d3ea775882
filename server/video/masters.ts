import { randomBytes } from "node:crypto";
import {
  MAKE_MASTER_TASK,
  MASTER_HOURS,
  type MasterJob,
  type MasterRef,
  masterName,
} from "../../domain/asset/master.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import { postgresTime } from "../../platform/postgres/clock.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import type { MasterRow } from "./assets.ts";
import { tellAsset } from "./tell-asset.ts";

type MasterEvent = "preparing" | "ready" | "errored" | "deleted";

/** Of the job that ends a master when its time is over. */
export const END_MASTER_TASK = "end_master";
/** Whoever has the URL has the file: as much as the secret of an upload's URL. */
const TOKEN_BYTES = 32;
const LIFE_MS = MASTER_HOURS * 3_600_000;

interface Owner {
  environmentId: string;
  assetId: string;
}

/** Notes that one is wanted, and tells of it. Nothing is made before the asset is ready: {@link makeMaster}. */
export async function wantMaster(
  transaction: PostgresTransaction,
  { newId, now }: Pick<Services, "newId" | "now">,
  { environmentId, assetId }: Owner,
): Promise<MasterRow> {
  const nowMs = now();
  const owner = { environment_id: environmentId, asset_id: assetId };
  const row = await transaction
    .insertInto("masters")
    .values({ ...owner, id: newId(), status: "preparing", created_at: new Date(nowMs) })
    .returningAll()
    .executeTakeFirstOrThrow();
  await tellMaster(transaction, "preparing", row, nowMs);
  return row;
}

/** Has it made unless it is; the asset is ready. */
export async function makeMaster(transaction: PostgresTransaction, row: MasterRow): Promise<void> {
  if (row.status !== "preparing") return;
  const payload: MasterJob = masterRef(row);
  const key = `${MAKE_MASTER_TASK}:${row.id}`;
  await addJob(transaction, { task: MAKE_MASTER_TASK, payload, key, queue: `master:${row.environment_id}` });
}

export function masterRef({ environment_id: environment, asset_id: assetId, id: masterId }: MasterRow): MasterRef {
  return { environment, assetId, masterId };
}

/** Where a master that is ready lies. */
export interface MasterFile {
  objectKey: string;
  hasPicture: boolean;
  /** Origin under which clients reach delivery. */
  streamUrl: string;
}

/**
 * It can be had from now on, for a day by the clock of Postgres; then a job of {@link END_MASTER_TASK} ends it. Once: whether it
 * was waited for.
 */
export async function masterIsReady(
  transaction: PostgresTransaction,
  ref: MasterRef,
  { objectKey, hasPicture, streamUrl }: MasterFile,
  nowMs: number,
): Promise<boolean> {
  const name = masterName(hasPicture);
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const row = await livingMaster(transaction, ref)
    .set({
      ...{ status: "ready", name, object_key: objectKey, url_token: token },
      url: `${streamUrl}/${ref.masterId}/${name}?token=${token}`,
      expires_at: postgresTime(LIFE_MS),
    })
    .where("status", "=", "preparing")
    .executeTakeFirst();
  if (row === undefined) return false;
  await tellMaster(transaction, "ready", row, nowMs);
  const job = { task: END_MASTER_TASK, payload: masterRef(row), key: `${END_MASTER_TASK}:${row.id}` };
  await addJob(transaction, { ...job, afterMs: LIFE_MS });
  return true;
}

/** It will not be made. Once: whether it was waited for. */
export async function failMaster(transaction: PostgresTransaction, ref: MasterRef, nowMs: number): Promise<boolean> {
  const waiting = livingMaster(transaction, ref).where("status", "=", "preparing");
  const row = await waiting.set({ status: "errored" }).executeTakeFirst();
  if (row !== undefined) await tellMaster(transaction, "errored", row, nowMs);
  return row !== undefined;
}

/**
 * Ends one: its URL serves for seconds more. Its bytes go with the job that the caller adds.
 *
 * @param when `expired`: only if its time is over by the clock of Postgres
 * @returns whether it ended now
 */
export async function endMaster(
  transaction: PostgresTransaction,
  ref: MasterRef,
  when: "now" | "expired",
  nowMs: number,
): Promise<boolean> {
  const living = livingMaster(transaction, ref);
  const ending = when === "now" ? living : living.where("expires_at", "<=", postgresTime());
  const row = await ending.set({ deleted_at: new Date(nowMs) }).executeTakeFirst();
  if (row !== undefined) await tellMaster(transaction, "deleted", row, nowMs);
  return row !== undefined;
}

function livingMaster(transaction: PostgresTransaction, { environment, assetId, masterId }: MasterRef) {
  return transaction
    .updateTable("masters")
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .where("id", "=", masterId)
    .where("deleted_at", "is", null)
    .returningAll();
}

function tellMaster(transaction: PostgresTransaction, what: MasterEvent, row: MasterRow, nowMs: number): Promise<void> {
  const owner = { environmentId: row.environment_id, assetId: row.asset_id };
  return tellAsset(transaction, `video.asset.master.${what}`, owner, nowMs);
}
