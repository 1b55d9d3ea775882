import { z } from "zod";
import { APPLY_MASTER_TASK, type MasterJob, type MasterOutcome, type MasterResult } from "../../domain/asset/master.ts";
import { Mp4Error } from "../../domain/mp4/mp4-error.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import { type JobContext, type JobTask, requireNotGivenUp } from "../../platform/jobs/task.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { makeMaster } from "../masters/make-master.ts";

export interface MasterJobParts {
  db: Postgres;
  objects: Objects;
  log: Logger;
}

const Payload: z.ZodType<MasterJob> = z.object({ environment: z.string(), assetId: z.string(), masterId: z.string() });

/** Makes the master of an asset that is ready and tells the server, with its last statement, what came of it. */
export function masterTask({ db, objects, log }: MasterJobParts): JobTask {
  return async (payload, context) => {
    const ref = Payload.parse(payload);
    const asset = await db
      .selectFrom("transcoder_assets")
      .select(["source_generation", "active"])
      .where("environment_id", "=", ref.environment)
      .where("asset_id", "=", ref.assetId)
      .executeTakeFirst();
    if (asset === undefined || !asset.active || asset.source_generation === null) return;
    const outcome = await made(objects, ref, asset.source_generation, context).catch(
      (error: unknown): MasterOutcome => {
        context.signal.throwIfAborted();
        if (!context.isLastAttempt && !(error instanceof Mp4Error)) throw error;
        log.error({ err: error, ...ref }, "master failed for good");
        return { kind: "errored" };
      },
    );
    const told: MasterResult = { ...ref, outcome };
    await addJob(db, { task: APPLY_MASTER_TASK, payload: told, key: `${APPLY_MASTER_TASK}:${ref.masterId}` });
  };
}

async function made(objects: Objects, ref: MasterJob, generation: number, context: JobContext): Promise<MasterOutcome> {
  requireNotGivenUp(context);
  return { kind: "ready", objectKey: await makeMaster(objects, ref, generation, context.signal) };
}
