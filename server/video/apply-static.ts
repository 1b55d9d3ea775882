import { z } from "zod";
import type { StaticResult } from "../../domain/asset/static-renditions.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Services } from "../http/services.ts";
import { lockAsset } from "./assets.ts";
import { deleteObjectsSoon } from "./delete-asset.ts";
import { deleteStaticFileSoon } from "./delete-static-file.ts";
import { settleMp4Files } from "./mp4-support.ts";
import { applyStaticOutcome, staticRenditionOf } from "./static-renditions.ts";

const whole = z.number().int().nonnegative();

/** The transcoder's word, as `domain/asset/static-renditions.ts` has it. */
const Result: z.ZodType<StaticResult> = z.object({
  environment: z.string(),
  assetId: z.string(),
  id: z.string(),
  outcome: z.discriminatedUnion("kind", [
    z.object({
      ...{ kind: z.literal("ready"), planId: z.string().regex(/^[0-9a-f]{16}$/) },
      ...{ widthPx: whole, heightPx: whole, bitrate: whole, sizeBytes: whole },
    }),
    z.object({ kind: z.literal("skipped") }),
    z.object({ kind: z.literal("errored") }),
  ]),
});

/** Applies what became of a static rendition, once. What was stored for one that nobody wants any more is removed. */
export function applyStaticTask(services: Pick<Services, "db" | "now">): JobTask {
  return async (payload) => {
    const { environment: environmentId, assetId, id, outcome } = Result.parse(payload);
    await services.db.transaction().execute(async (transaction) => {
      if (!(await lockAsset(transaction, environmentId, assetId)))
        return deleteObjectsSoon(transaction, { environment: environmentId, assetId });
      const owner = { environmentId, assetId };
      const isWaitedFor = await applyStaticOutcome(transaction, services, { ...owner, id }, outcome);
      const row = await staticRenditionOf(transaction, { ...owner, id });
      if (isWaitedFor && row?.is_legacy === true) await settleMp4Files(transaction, owner, id, services.now());
      if (!isWaitedFor && row !== undefined && row.deleted_at !== null) await deleteStaticFileSoon(transaction, row);
    });
  };
}
