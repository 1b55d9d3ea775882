import { addJob } from "../../platform/jobs/jobs.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { UploadRow } from "../video/uploads.ts";

export const SETTLE_UPLOAD_TASK = "settle_upload";

/** Has an upload looked at again at a time (`settle-upload.ts`), instead of the time set before. */
export function settleUploadAt(db: Postgres | PostgresTransaction, upload: UploadRow, runAt: Date): Promise<void> {
  const payload = { environment: upload.environment_id, uploadId: upload.id };
  return addJob(db, { task: SETTLE_UPLOAD_TASK, payload, key: `upload:${upload.id}`, runAt });
}
