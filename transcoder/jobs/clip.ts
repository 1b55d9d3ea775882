import { buffer } from "node:stream/consumers";
import { CLIP_TASK, FETCH_TASK, INGEST_TASK, queuedStep } from "../../domain/asset/outcome.ts";
import type { TrackOutcome } from "../../domain/asset/text-track.ts";
import { decodeCaptions } from "../../domain/captions/captions.ts";
import { clipCaptions } from "../../domain/captions/clip-captions.ts";
import { type AssetRef, captionsKey, sourceKey, type TrackRef } from "../../domain/media/object-keys.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import { ObjectMissingError, type Objects } from "../../platform/objects/objects.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";

import { clipSource } from "../clips/clip-source.ts";
import { copyOverlays } from "../clips/copy-overlays.ts";
import { storeClip } from "../clips/store-clip.ts";
import type { PlannedSource, SourceCache } from "../source/source-cache.ts";
import { type AssetJobParts, assetJob } from "./asset-job.ts";
import { refused } from "./media-error.ts";
import { pictureSettings } from "./picture-settings.ts";
import { reportTrack } from "./track-job.ts";

export interface ClipJobParts extends AssetJobParts {
  objects: Objects;
  sources: SourceCache;
}

/**
 * The first step of a clip: its own source, of the samples of another asset's, its captions, and the images that it takes over. From then on it is an asset like
 * any other, whatever happens to the one that it was made of. The source stands last: where it is, the others are too.
 */
export function clipTask(parts: ClipJobParts): JobTask {
  return assetJob(parts, async (ref, _asset, signal) => {
    const { db, objects } = parts;
    const key = sourceKey(ref, 1);
    if ((await objects.head(key)) === null) await cutClip(parts, ref, key, signal);
    const { overlays } = await pictureSettings(db, ref);
    // those of its own come by URL
    const next = queuedStep(overlays.length > 0 ? FETCH_TASK : INGEST_TASK, ref);
    await addJob(db, { ...next, payload: ref, key: `${next.task}:${ref.assetId}` });
    return null;
  });
}

async function cutClip({ db, objects, sources }: ClipJobParts, ref: AssetRef, key: string, signal: AbortSignal) {
  const clip = await findClip(db, ref);
  const source = { environment: ref.environment, assetId: clip.source_asset_id };
  const planned = await plannedSource(sources, source, clip.source_plan_id);
  const { startSeconds, tracks } = clipSource(planned, {
    startSeconds: clip.start_seconds,
    endSeconds: clip.end_seconds,
  });
  if (tracks.length === 0) throw refused("clip_of_nothing");
  await copyOverlays({ db, objects }, ref, source);
  await cutTexts({ db, objects }, ref, source, { startMs: toMs(startSeconds), endMs: toMs(clip.end_seconds) });
  try {
    await storeClip(objects, { sourceKey: planned.source.key, key }, tracks, signal);
  } catch (error) {
    throw sourceIsGone(error) ? refused("clip_without_source", { cause: error }) : error;
  }
}

/** Rejects with MediaError when the asset's objects are gone. */
async function plannedSource(sources: SourceCache, ref: AssetRef, planId: string | null): Promise<PlannedSource> {
  try {
    const planned = planId === null ? null : await sources.get(ref, planId);
    if (planned !== null) return planned;
  } catch (error) {
    if (!sourceIsGone(error)) throw error;
  }
  throw refused("clip_without_source");
}

function sourceIsGone(error: unknown): boolean {
  return error instanceof ObjectMissingError;
}

/** Captions are stored before the clip's source, and told of. */
async function cutTexts(
  { db, objects }: Pick<ClipJobParts, "db" | "objects">,
  ref: AssetRef,
  source: AssetRef,
  span: { startMs: number; endMs: number },
): Promise<void> {
  for (const { track_id: trackId, source_track_id } of await findTexts(db, ref)) {
    const track = { ...ref, trackId };
    await reportTrack(db, track, await cutText(objects, track, { ...source, trackId: source_track_id }, span));
  }
}

async function cutText(
  objects: Objects,
  track: TrackRef,
  source: TrackRef,
  span: { startMs: number; endMs: number },
): Promise<TrackOutcome> {
  const found = await objects.read(captionsKey(source));
  if (found === null) return { kind: "errored", error: { type: "invalid_input", messages: [GONE] } };
  const captions = clipCaptions(decodeCaptions((await buffer(found.body)).toString("utf8")), span);
  await objects.put(captionsKey(track), Buffer.from(JSON.stringify(captions)));
  return { kind: "ready" };
}

const GONE = "The text track was deleted from the asset that the clip is made of, before the clip was made.";

function findClip(db: Postgres, { environment, assetId }: AssetRef) {
  return db
    .selectFrom("transcoder_clips")
    .selectAll()
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .executeTakeFirstOrThrow(() => new Error(`${CLIP_TASK}: ${assetId} is no clip`));
}

function findTexts(db: Postgres, { environment, assetId }: AssetRef) {
  return db
    .selectFrom("transcoder_clip_texts")
    .selectAll()
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .execute();
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1_000);
}
