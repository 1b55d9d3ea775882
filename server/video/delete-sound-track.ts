import { z } from "zod";
import {
  assetPrefix,
  fetchDraftId,
  renditionPrefix,
  soundTrackRef,
  sourceKey,
  type TrackRef,
} from "../../domain/media/object-keys.ts";
import { soundTrackRendition } from "../../domain/media/sound-track.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { addTwice } from "./delete-asset.ts";

export const DELETE_SOUND_TASK = "delete_sound_track";

const Job = z.object({ environment: z.string(), assetId: z.string(), trackId: z.string() });

/** Has the bytes of a deleted sound removed. */
export function deleteSoundSoon(transaction: PostgresTransaction, payload: TrackRef): Promise<void> {
  return addTwice(transaction, { task: DELETE_SOUND_TASK, payload });
}

/** The job of {@link deleteSoundSoon}: its file, its plan, its segments. Running it again finds nothing left. */
export function deleteSoundTask({ db, objects }: Pick<Services, "db" | "objects">): JobTask {
  return async (payload, { signal }) => {
    const ref = Job.parse(payload);
    const own = soundTrackRef(ref);
    await objects.openDraft(sourceKey(own, 1), fetchDraftId(own.assetId)).discard(); // of a download that broke off
    await objects.deleteAll(assetPrefix(own), signal);
    const asset = await db
      .selectFrom("assets")
      .select("plan_id")
      .where("environment_id", "=", ref.environment)
      .where("id", "=", ref.assetId)
      .executeTakeFirst();
    const planId = asset?.plan_id ?? null;
    if (planId === null) return;
    await objects.deleteAll(renditionPrefix({ ...ref, planId }, soundTrackRendition(ref.trackId)), signal);
  };
}
