import { z } from "zod";
import type { JobTask } from "../../platform/jobs/task.ts";
import { changeUpload, draftOf, lockUpload, recordUploadEvent, sourceOf, type UploadRow } from "../video/uploads.ts";
import { completeUpload, createUploadedAsset, removeRest, type UploadServices } from "./complete-upload.ts";
import { settleUploadAt } from "./settle-job.ts";

const SettleUpload = z.object({ environment: z.string(), uploadId: z.string() });

/**
 * Brings an upload to its end when its client does not: makes the asset of one that is whole, ends one whose time is over,
 * and removes what a finished one has left.
 */
export function settleUploadTask(services: UploadServices): JobTask {
  return async (payload) => {
    const { environment, uploadId } = SettleUpload.parse(payload);
    const upload = await services.db
      .transaction()
      .execute((transaction) => lockUpload(transaction, environment, uploadId));
    if (upload === undefined) return;
    if (upload.status !== "waiting") return removeRest(services, upload);
    const draft = draftOf(services.objects, upload);
    if ((await services.objects.head(sourceOf(upload).key)) !== null) return createUploadedAsset(services, upload);
    const { contiguousBytes, sizeBytes } = await draft.received();
    if (sizeBytes !== null && contiguousBytes === sizeBytes) return completeUpload(services, upload, sizeBytes);
    if (upload.expires_at.getTime() > services.now()) return settleUploadAt(services.db, upload, upload.expires_at);
    if (await timeOut(services, upload)) await draft.discard();
  };
}

/** False when the upload has changed since it was looked at: bytes that arrive put its end off. */
async function timeOut(services: UploadServices, { environment_id, id, expires_at }: UploadRow): Promise<boolean> {
  return services.db.transaction().execute(async (transaction) => {
    const upload = await lockUpload(transaction, environment_id, id);
    if (upload?.status !== "waiting") return false;
    if (upload.expires_at.getTime() !== expires_at.getTime()) {
      await settleUploadAt(transaction, upload, upload.expires_at);
      return false;
    }
    const message = `Not all bytes had arrived when its ${upload.timeout_seconds} seconds were over`;
    const after = await changeUpload(transaction, upload, {
      status: "timed_out",
      error: { type: "timed_out", message },
    });
    await recordUploadEvent(transaction, "video.upload.errored", after, { ...services, nowMs: services.now() });
    return true;
  });
}
