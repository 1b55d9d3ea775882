import { z } from "zod";
import { FILL_TASK } from "../../domain/asset/outcome.ts";
import type { PlanRef } from "../../domain/media/object-keys.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { type FillParts, fillPlan } from "../make/fill-plan.ts";
import type { SourceCache } from "../source/source-cache.ts";
import { findAsset } from "./asset-job.ts";

export interface FillJobParts extends FillParts {
  db: Postgres;
  sources: SourceCache;
}

/** What players ask for first comes first. */
const DELAY_MS = 3_000;
/** Behind the other jobs of its worker. */
const PRIORITY = 10;

const Payload = z.object({ environment: z.string(), assetId: z.string(), planId: z.string() });

/** Has an asset's plan filled in soon; once, however often it is asked for. */
export async function fillSoon(db: Postgres, ref: PlanRef): Promise<void> {
  const key = `${FILL_TASK}:${ref.assetId}`;
  await addJob(db, { task: FILL_TASK, payload: ref, key, afterMs: DELAY_MS, priority: PRIORITY });
}

/** Fills a plan in. A transcoder that stops or is killed gives the job back, and the next one goes on where it was. */
export function fillTask({ db, sources, ...parts }: FillJobParts): JobTask {
  return async (payload, { signal }) => {
    const { environment, assetId, planId } = Payload.parse(payload);
    const ref = { environment, assetId };
    const isWanted = async (): Promise<boolean> => {
      const asset = await findAsset(db, ref);
      return asset?.active === true && asset.status !== "errored";
    };
    const planned = (await isWanted()) ? await sources.get(ref, planId) : null;
    if (planned === null) return;
    await fillPlan(parts, { ref: { ...ref, planId }, planned, isWanted, signal });
  };
}
