import { z } from "zod";
import type { MasterRef, MasterResult } from "../../domain/asset/master.ts";
import { assetPrefix, masterKey } from "../../domain/media/object-keys.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { lockAsset, requireAsset } from "./assets.ts";
import { addTwice, deleteObjectsSoon } from "./delete-asset.ts";
import { endMaster, failMaster, masterIsReady } from "./masters.ts";

export const DELETE_MASTER_TASK = "delete_master_file";

const Ref = z.object({ environment: z.string(), assetId: z.string(), masterId: z.string() });

/** The transcoder's word, as `domain/asset/master.ts` has it. */
const Result: z.ZodType<MasterResult> = Ref.extend({
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("ready"), objectKey: z.string() }),
    z.object({ kind: z.literal("errored") }),
  ]),
}).refine(
  ({ outcome, ...ref }) => outcome.kind === "errored" || outcome.objectKey.startsWith(assetPrefix(ref)),
  "the file of another asset",
);

/** Applies what became of a master, once. What was stored for one that nobody wants any more is removed. */
export function applyMasterTask({
  db,
  now,
  publicStreamUrl,
}: Pick<Services, "db" | "now" | "publicStreamUrl">): JobTask {
  return async (payload) => {
    const { outcome, ...ref } = Result.parse(payload);
    await db.transaction().execute(async (transaction) => {
      const { environment, assetId } = ref;
      if (!(await lockAsset(transaction, environment, assetId)))
        return deleteObjectsSoon(transaction, { environment, assetId });
      if (outcome.kind === "errored") return void (await failMaster(transaction, ref, now()));
      const { tracks, master } = await requireAsset(transaction, environment, assetId);
      const hasPicture = tracks.some(({ type }) => type === "video");
      const file = { objectKey: outcome.objectKey, hasPicture, streamUrl: publicStreamUrl };
      const isWaitedFor = await masterIsReady(transaction, ref, file, now());
      if (!isWaitedFor && master?.id !== ref.masterId) await deleteMasterFileSoon(transaction, ref);
    });
  };
}

/** Takes access away when the time of a master is over. */
export function endMasterTask({ db, now }: Pick<Services, "db" | "now">): JobTask {
  return async (payload) => {
    const ref = Ref.parse(payload);
    await db.transaction().execute(async (transaction) => {
      if (!(await lockAsset(transaction, ref.environment, ref.assetId))) return;
      if (await endMaster(transaction, ref, "expired", now())) await deleteMasterFileSoon(transaction, ref);
    });
  };
}

/** Has the bytes of a master that ended removed; never the source, which some are. */
export function deleteMasterFileSoon(transaction: PostgresTransaction, payload: MasterRef): Promise<void> {
  return addTwice(transaction, { task: DELETE_MASTER_TASK, payload });
}

/** The job of {@link deleteMasterFileSoon}; running it again finds nothing left. */
export function deleteMasterFileTask(objects: Objects): JobTask {
  return (payload) => objects.delete(masterKey(Ref.parse(payload)));
}
