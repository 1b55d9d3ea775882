import { z } from "zod";
import { APPLY_RESULT_TASK, type AssetResult, type IngestOutcome } from "../../domain/asset/outcome.ts";
import type { AssetRef } from "../../domain/media/object-keys.ts";
import { EXPORT_AGAIN } from "../../domain/media/refusals.ts";
import { Mp4Error } from "../../domain/mp4/mp4-error.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import { type JobTask, requireNotGivenUp } from "../../platform/jobs/task.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { MediaError } from "./media-error.ts";
import { watchDeletion } from "./watch-deletion.ts";

export interface AssetJobParts {
  db: Postgres;
  log: Logger;
  /** How often a running step looks whether its asset was deleted; shorter only in tests. */
  lookEveryMs?: number;
}

export type IngestedAsset = NonNullable<Awaited<ReturnType<typeof findAsset>>>;

/**
 * Null: another job goes on. The signal is aborted when the program stops, or the asset is deleted.
 *
 * @param payload the job's own, with whatever it has beside the asset
 */
export type AssetStep = (
  ref: AssetRef,
  asset: IngestedAsset,
  signal: AbortSignal,
  payload: unknown,
) => Promise<IngestOutcome | null>;

/** Changes nothing of an asset that is gone, but makes the server remove what is stored for it. */
const DELETED: IngestOutcome = {
  kind: "errored",
  error: { type: "invalid_input", messages: ["The asset was deleted before it was ready."] },
};

const Payload = z.object({ environment: z.string(), assetId: z.string() });

/**
 * A step of taking an asset in, with what all steps share: nothing is done for an asset that is ready or errored, a deleted one
 * stops the work, a customer's fault ends the asset, any other failure is tried again, until it is told as the last.
 */
export function assetJob(parts: AssetJobParts, step: AssetStep): JobTask {
  const { db, log, lookEveryMs } = parts;
  return async (payload, context) => {
    const { signal, isLastAttempt } = context;
    const ref = Payload.parse(payload);
    const asset = await findAsset(db, ref);
    if (asset === undefined || asset.status !== "preparing") return;
    if (!asset.active) return report(db, ref, DELETED); // an earlier attempt may have stored something
    const isGone = async (): Promise<boolean> => (await findAsset(db, ref))?.active === false;
    const deletion = watchDeletion(isGone, "asset", lookEveryMs);
    try {
      requireNotGivenUp(context);
      const outcome = await step(ref, asset, AbortSignal.any([signal, deletion.signal]), payload);
      if (outcome !== null) await report(db, ref, outcome);
    } catch (error) {
      signal.throwIfAborted();
      await report(db, ref, deletion.signal.aborted ? DELETED : failure(log, ref, error, isLastAttempt));
    } finally {
      deletion.stop();
    }
  };
}

/** A customer's file ends as errored; any other failure is ours and is tried again, until the last time. */
function failure(log: Logger, ref: AssetRef, error: unknown, isLastAttempt: boolean): IngestOutcome {
  const wrong =
    error instanceof Mp4Error ? new MediaError("invalid_input", `${error.message}. ${EXPORT_AGAIN}`) : error;
  if (wrong instanceof MediaError) {
    log.info({ err: wrong, ...ref }, "input cannot be played");
    return { kind: "errored", error: { type: wrong.type, messages: [wrong.message] } };
  }
  if (!isLastAttempt) throw wrong;
  log.error({ err: wrong, ...ref }, "ingest failed for good");
  const message = "The file could not be processed. Nothing may be wrong with it: create the asset again.";
  return { kind: "errored", error: { type: "invalid_input", messages: [message] } };
}

/** The last statement of the job, and the only one by which it changes the asset. */
export async function report(db: Postgres, { environment, assetId }: AssetRef, outcome: IngestOutcome): Promise<void> {
  const payload: AssetResult = { environment, assetId, outcome };
  await addJob(db, { task: APPLY_RESULT_TASK, payload, key: `${APPLY_RESULT_TASK}:${assetId}:${outcome.kind}` });
}

export function findAsset(db: Postgres, { environment, assetId }: AssetRef) {
  return db
    .selectFrom("transcoder_assets")
    .selectAll()
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .executeTakeFirst();
}
