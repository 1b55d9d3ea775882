import { z } from "zod";
import {
  APPLY_STATIC_TASK,
  isFileResolution,
  type StaticOutcome,
  type StaticResult,
} from "../../domain/asset/static-renditions.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import { type JobContext, type JobTask, requireNotGivenUp } from "../../platform/jobs/task.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { SourceCache } from "../source/source-cache.ts";
import { makeStatic, type StaticParts } from "../static/make-static.ts";

export interface StaticJobParts extends StaticParts {
  db: Postgres;
  sources: SourceCache;
}

const Payload = z.object({
  environment: z.string(),
  assetId: z.string(),
  id: z.string(),
  resolution: z.string().refine(isFileResolution),
});

/** Makes one static rendition and tells the server, with its last statement, what came of it. */
export function staticRenditionTask(parts: StaticJobParts): JobTask {
  const { db, log } = parts;
  return async (payload, context) => {
    const { environment, assetId, id, resolution } = Payload.parse(payload);
    const asset = await db
      .selectFrom("transcoder_assets")
      .select(["plan_id", "active"])
      .where("environment_id", "=", environment)
      .where("asset_id", "=", assetId)
      .executeTakeFirst();
    if (asset === undefined || !asset.active || asset.plan_id === null) return;
    const ref = { environment, assetId, planId: asset.plan_id };
    const outcome = await made(parts, ref, resolution, context).catch((error: unknown): StaticOutcome => {
      context.signal.throwIfAborted();
      if (!context.isLastAttempt) throw error;
      log.error({ err: error, ...ref, resolution }, "static rendition failed for good");
      return { kind: "errored" };
    });
    const told: StaticResult = { environment, assetId, id, outcome };
    await addJob(db, { task: APPLY_STATIC_TASK, payload: told, key: `${APPLY_STATIC_TASK}:${id}` });
  };
}

async function made(
  parts: StaticJobParts,
  ref: { environment: string; assetId: string; planId: string },
  resolution: z.output<typeof Payload>["resolution"],
  context: JobContext,
): Promise<StaticOutcome> {
  requireNotGivenUp(context);
  const planned = await parts.sources.get(ref, ref.planId);
  if (planned === null) throw new Error(`there is no plan ${ref.planId}`);
  const file = await makeStatic(parts, ref, planned, resolution, context.signal);
  return file === null ? { kind: "skipped" } : { kind: "ready", planId: ref.planId, ...file };
}
