import { APPLY_RESULT_TASK } from "../domain/asset/outcome.ts";
import { APPLY_TRACK_RESULT_TASK } from "../domain/asset/text-track.ts";
import type { JobTask } from "../platform/jobs/task.ts";
import { MAKE_EXPORT_TASK, makeExportTask } from "./data/exports/make-export.ts";
import { PLAN_EXPORTS_TASK, planExportsTask } from "./data/exports/plan-exports.ts";
import { REAP_KEYS_TASK, reapIdempotencyKeysTask } from "./http/reap-idempotency-keys.ts";
import type { Services } from "./http/services.ts";
import { SETTLE_UPLOAD_TASK } from "./uploads/settle-job.ts";
import { settleUploadTask } from "./uploads/settle-upload.ts";
import { applyResultTask } from "./video/apply-result.ts";
import { applyTrackResultTask } from "./video/apply-track-result.ts";
import { DELETE_OBJECTS_TASK, deleteObjectsTask } from "./video/delete-asset.ts";

/** Every job that the server does, in one place. */
export function serverTasks(services: Services): Record<string, JobTask> {
  return {
    [APPLY_RESULT_TASK]: applyResultTask(services),
    [APPLY_TRACK_RESULT_TASK]: applyTrackResultTask(services),
    [SETTLE_UPLOAD_TASK]: settleUploadTask(services),
    [DELETE_OBJECTS_TASK]: deleteObjectsTask(services.objects),
    [REAP_KEYS_TASK]: reapIdempotencyKeysTask(services),
    [PLAN_EXPORTS_TASK]: planExportsTask(services),
    [MAKE_EXPORT_TASK]: makeExportTask(services),
  };
}
