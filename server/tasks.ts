import { APPLY_MASTER_TASK } from "../domain/asset/master.ts";
import { APPLY_RESULT_TASK } from "../domain/asset/outcome.ts";
import { APPLY_STATIC_TASK } from "../domain/asset/static-renditions.ts";
import { APPLY_TRACK_RESULT_TASK } from "../domain/asset/text-track.ts";
import type { JobTask } from "../platform/jobs/task.ts";
import type { Logger } from "../platform/observability/logger.ts";
import { MAKE_EXPORT_TASK, makeExportTask } from "./data/exports/make-export.ts";
import { PLAN_EXPORTS_TASK, planExportsTask } from "./data/exports/plan-exports.ts";
import { REAP_KEYS_TASK, reapIdempotencyKeysTask } from "./http/reap-idempotency-keys.ts";
import type { Services } from "./http/services.ts";
import { MAKE_USAGE_TASK, makeUsageFileTask } from "./system/usage/make-usage-file.ts";
import { PLAN_USAGE_TASK, planUsageFilesTask } from "./system/usage/plan-usage-files.ts";
import { REAP_OBJECTS_TASK, reapObjectsTask } from "./uploads/reap-objects.ts";
import { SETTLE_UPLOAD_TASK } from "./uploads/settle-job.ts";
import { settleUploadTask } from "./uploads/settle-upload.ts";
import { applyMasterTask, DELETE_MASTER_TASK, deleteMasterFileTask, endMasterTask } from "./video/apply-master.ts";
import { applyResultTask } from "./video/apply-result.ts";
import { applyStaticTask } from "./video/apply-static.ts";
import { applyTrackResultTask } from "./video/apply-track-result.ts";
import { DELETE_OBJECTS_TASK, DELETE_TEXT_TASK, deleteObjectsTask, deleteTextTask } from "./video/delete-asset.ts";
import { DELETE_SOUND_TASK, deleteSoundTask } from "./video/delete-sound-track.ts";
import { DELETE_STATIC_TASK, deleteStaticFileTask } from "./video/delete-static-file.ts";
import { DELETE_TEST_TASK, deleteTestAssetTask } from "./video/delete-test-asset.ts";
import { END_MASTER_TASK } from "./video/masters.ts";
import { SWEEP_TASK, sweepObjectsTask } from "./video/sweep-objects.ts";
import { REAP_EVENTS_TASK, reapEventsTask } from "./webhooks/reap-webhook-events.ts";

/** Every job that the server does, in one place. */
export function serverTasks(services: Services, log: Logger): Record<string, JobTask> {
  return {
    [APPLY_RESULT_TASK]: applyResultTask(services),
    [APPLY_STATIC_TASK]: applyStaticTask(services),
    [DELETE_STATIC_TASK]: deleteStaticFileTask(services),
    [APPLY_MASTER_TASK]: applyMasterTask(services),
    [END_MASTER_TASK]: endMasterTask(services),
    [DELETE_MASTER_TASK]: deleteMasterFileTask(services.objects),
    [APPLY_TRACK_RESULT_TASK]: applyTrackResultTask(services),
    [SETTLE_UPLOAD_TASK]: settleUploadTask(services),
    [DELETE_OBJECTS_TASK]: deleteObjectsTask(services),
    [DELETE_TEXT_TASK]: deleteTextTask(services.objects),
    [DELETE_SOUND_TASK]: deleteSoundTask(services),
    [DELETE_TEST_TASK]: deleteTestAssetTask(services),
    [SWEEP_TASK]: sweepObjectsTask(services),
    [REAP_EVENTS_TASK]: reapEventsTask(services),
    [REAP_KEYS_TASK]: reapIdempotencyKeysTask(services),
    [REAP_OBJECTS_TASK]: reapObjectsTask(services, log),
    [PLAN_EXPORTS_TASK]: planExportsTask(services),
    [MAKE_EXPORT_TASK]: makeExportTask(services),
    [PLAN_USAGE_TASK]: planUsageFilesTask(services),
    [MAKE_USAGE_TASK]: makeUsageFileTask(services, log),
  };
}
