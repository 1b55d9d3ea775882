import { ApiError } from "../../domain/errors.ts";
import { DraftIncompleteError, ObjectMissingError } from "../../platform/objects/objects.ts";
import type { Services } from "../http/services.ts";
import { createAsset } from "../video/create-asset.ts";
import {
  changeUpload,
  draftOf,
  lockUpload,
  recordUploadEvent,
  requireUpload,
  sourceOf,
  type UploadRow,
} from "../video/uploads.ts";
import { requireSettings, SettingsBody } from "../video/v1/settings-body.ts";
import { settleUploadAt } from "./settle-job.ts";

export type UploadServices = Pick<Services, "db" | "objects" | "uploads" | "newId" | "now" | "publicApiUrl">;

/** A process that dies between the object and its asset is made up for after this time, if the client does not ask sooner. */
const HEAL_MS = 10_000;

/**
 * Makes the object of a draft that is whole, and the asset of it. May be repeated at any point: an object that is there is never
 * replaced, since a draft beside it was begun after it, perhaps of other bytes.
 */
export async function completeUpload(services: UploadServices, upload: UploadRow, sizeBytes: number): Promise<void> {
  const { db, objects } = services;
  const { status } = await requireUpload(db, upload.environment_id, upload.id);
  if (status === "waiting" && (await objects.head(sourceOf(upload).key)) === null) {
    await settleUploadAt(db, upload, new Date(Date.now() + HEAL_MS));
    try {
      await draftOf(objects, upload).finish({ sizeBytes });
    } catch (error) {
      if (!(await isOvertaken(services, upload, error))) throw error;
    }
  }
  await createUploadedAsset(services, upload);
}

/** Whether a request failed only because another one has finished the draft meanwhile: then the object is there. */
export async function isOvertaken({ objects }: UploadServices, upload: UploadRow, error: unknown): Promise<boolean> {
  const isDraftGone = error instanceof ObjectMissingError || error instanceof DraftIncompleteError;
  return isDraftGone && (await objects.head(sourceOf(upload).key)) !== null;
}

/** The asset of an upload whose object is there; once, whoever comes first. Rejects with `gone` when it was cancelled. */
export async function createUploadedAsset(services: UploadServices, { environment_id, id }: UploadRow): Promise<void> {
  const upload = await services.db.transaction().execute(async (transaction) => {
    const before = await lockUpload(transaction, environment_id, id);
    if (before === undefined || before.status !== "waiting") return before;
    const after = await changeUpload(transaction, before, { status: "asset_created" });
    await recordUploadEvent(transaction, "video.upload.asset_created", after, { ...services, nowMs: services.now() });
    const asked = { ...SettingsBody.parse(before.new_asset_settings), test: before.is_test }; // as it was checked when it was created
    const settings = requireSettings(asked, "upload");
    await createAsset(transaction, services, {
      environmentId: environment_id,
      id: before.asset_id,
      settings,
      uploadId: id,
    });
    return after;
  });
  if (upload === undefined) throw new Error(`upload ${id} is gone from the database`);
  await removeRest(services, upload);
  if (upload.status !== "asset_created") throw goneUpload(upload.status);
}

/** Removes what an upload that has ended leaves but its asset's source; a process may have died before it did. */
export async function removeRest({ objects }: Pick<UploadServices, "objects">, upload: UploadRow): Promise<void> {
  await draftOf(objects, upload).discard();
  if (upload.status !== "asset_created") await objects.delete(sourceOf(upload).key);
}

export function goneUpload(status: UploadRow["status"]): ApiError {
  return new ApiError("gone", [`This upload takes no more bytes: it is ${status}. Create a new one`]);
}

/** The next request will see what it has become. */
export function changedMeanwhile(options?: ErrorOptions): ApiError {
  return new ApiError("unavailable", ["The upload changed meanwhile"], { ...options, retryAfterSeconds: 1 });
}
