import type { SoundTrackFacts } from "../../domain/asset/text-track.ts";
import { type AssetRef, planKey, soundTrackRef, sourceKey, type TrackRef } from "../../domain/media/object-keys.ts";
import { type Plan, planSeconds } from "../../domain/media/plan.ts";
import { soundEndBefore } from "../../domain/media/shown-part.ts";
import { endingBy, soundEndSeconds } from "../../domain/media/sound-index.ts";
import { soundRenditions } from "../../domain/media/sound-renditions.ts";
import { soundTrackRendition } from "../../domain/media/sound-track.ts";
import type { AllowList } from "../../domain/network/allow-list.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { ResumableObjects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { asLoudAsAsked } from "../jobs/asked-loudness.ts";
import { type Examined, examineSource } from "../jobs/examine-source.ts";
import { fetchInput } from "../jobs/fetch-input.ts";
import { refused } from "../jobs/media-error.ts";
import { STANDARDISED, storeStandardised } from "../jobs/standardised-source.ts";
import { trackJob } from "../jobs/track-job.ts";
import { openSource, sourceUntil } from "../source/open-source.ts";
import { type PlannedSound, soundSource, soundsOf } from "../source/sound-source.ts";
import type { SourceCache } from "../source/source-cache.ts";

export interface SoundTrackParts {
  db: Postgres;
  objects: ResumableObjects;
  tools: FfmpegTools;
  sources: SourceCache;
  allow: AllowList;
  log: Logger;
  /** As of `trackJob`. */
  lookEveryMs?: number;
}

/** Twelve hours of 5.1 without compression have 25 GB. */
const MAX_BYTES = 32 * 1024 ** 3;
const MAX_FETCH_MS = 6 * 3_600_000;

/**
 * From a customer's URL to a sound beside the asset's own: its file, and a plan of its own over the boundaries of the asset's plan,
 * by which its segments are cut or encoded when they are asked for, as any sound's. Each step finds what an earlier attempt has
 * stored.
 */
export function readSoundTask(parts: SoundTrackParts): JobTask {
  return trackJob(parts, {
    find: (ref) => findTrack(parts.db, ref),
    read: async (ref, { source_url, plan_id }, signal) => {
      if (plan_id === null) throw new Error(`asset ${ref.assetId} has no plan`);
      const main = (await parts.sources.get(ref, plan_id))?.plan;
      if (main === undefined) throw new Error(`there is no plan ${plan_id}`);
      return { kind: "ready", sound: await takeIn(parts, ref, { main, url: source_url }, signal) };
    },
  });
}

async function takeIn(
  parts: SoundTrackParts,
  ref: TrackRef,
  { main, url }: { main: Plan; url: string },
  signal: AbortSignal,
): Promise<SoundTrackFacts> {
  const { objects, tools, allow } = parts;
  const own = soundTrackRef(ref);
  const limits = { sizeBytes: MAX_BYTES, ms: MAX_FETCH_MS };
  if ((await objects.head(sourceKey(own, 1))) === null)
    await fetchInput(objects, { url, ref: own, allow, signal, limits });
  const examined = soundAlone(await examineSource(tools, objects, own, signal));
  const sourceGeneration = await standardisedIfNeeded(parts, own, examined, signal);
  const found = await soundOf(parts, ref, { own, sourceGeneration, examined, main }, signal);
  const sound = { ...found, index: endingBy(found.index, planSeconds(main)) };
  const boundaries = main.boundaries.map((ticks) => ticks / main.timescale);
  const [rendition] = soundRenditions([{ ...soundSource(sound), endSeconds: endOf(main) }], boundaries);
  if (rendition === undefined) throw refused("no_sound");
  const audio = [{ ...rendition, name: soundTrackRendition(ref.trackId) }];
  const plan: Plan = { ...main, sourceGeneration, video: [], audio };
  await objects.put(planKey({ ...own, planId: main.planId }), Buffer.from(JSON.stringify(plan)));
  return { channels: rendition.channels, durationSeconds: soundEndSeconds(sound.index) };
}

/** How far it goes on in silence. */
function endOf(main: Plan): number {
  const shown = main.test === undefined ? Number.POSITIVE_INFINITY : soundEndBefore(main.test.shownSeconds);
  return Math.min(planSeconds(main), shown);
}

/** What else is in the file plays no part. */
function soundAlone({ facts, judgement, ...rest }: Examined): Examined {
  if (facts.sounds.length === 0) throw refused("no_sound");
  return { ...rest, facts: { ...facts, video: null }, judgement: { ...judgement, video: "none" } };
}

async function standardisedIfNeeded(
  { objects, tools }: SoundTrackParts,
  own: AssetRef,
  examined: Examined,
  signal: AbortSignal,
): Promise<number> {
  if (!examined.judgement.needsStandardising) return 1;
  if ((await objects.head(sourceKey(own, STANDARDISED))) === null) {
    await storeStandardised(tools, objects, own, examined, () => undefined, signal);
  }
  return STANDARDISED;
}

/** The first that is heard, as loud as the asset asks for; of a test, as far as segments are cut from it. */
async function soundOf(
  parts: SoundTrackParts,
  ref: AssetRef,
  {
    own,
    sourceGeneration,
    examined,
    main: { test },
  }: { own: AssetRef; sourceGeneration: number; examined: Examined; main: Plan },
  signal: AbortSignal,
): Promise<PlannedSound> {
  const opened = await openSource(parts.objects, own, sourceGeneration);
  const source = test === undefined ? opened : sourceUntil(opened, test.shownSeconds);
  const [heard] = soundsOf(source, examined.facts.sounds, sourceGeneration === STANDARDISED);
  if (heard === undefined) throw refused("no_sound");
  const [sound = heard] = await asLoudAsAsked(parts, ref, source.key, [heard], signal);
  return sound;
}

function findTrack(db: Postgres, { environment, assetId, trackId }: TrackRef) {
  return db
    .selectFrom("transcoder_sound_tracks")
    .select(["status", "active", "source_url", "plan_id"])
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .where("track_id", "=", trackId)
    .executeTakeFirst();
}
