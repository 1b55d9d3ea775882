import { ApiError } from "../../domain/errors.ts";
import { changeUpload, lockUpload, recordUploadEvent, requireUpload, type UploadRow } from "../video/uploads.ts";
import { removeRest, type UploadServices } from "./complete-upload.ts";

/** Ends an upload that waits, and removes its bytes; again for one that is cancelled. Rejects with `forbidden` for any other. */
export async function cancelUpload(services: UploadServices, environmentId: string, id: string): Promise<UploadRow> {
  const upload = await services.db.transaction().execute(async (transaction) => {
    await lockUpload(transaction, environmentId, id);
    const before = await requireUpload(transaction, environmentId, id);
    if (before.status === "cancelled") return before; // asked again after a lost answer
    if (before.status !== "waiting")
      throw new ApiError("forbidden", [`Only a waiting upload can be cancelled; this one is ${before.status}`]);
    const after = await changeUpload(transaction, before, { status: "cancelled" });
    await recordUploadEvent(transaction, "video.upload.cancelled", after, { ...services, nowMs: services.now() });
    return after;
  });
  await removeRest(services, upload);
  return upload;
}
