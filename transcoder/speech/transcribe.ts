import { z } from "zod";
import { AUTO_LANGUAGE, SPOKEN_LANGUAGE, unspoken } from "../../domain/asset/generated-text.ts";
import type { TrackError } from "../../domain/asset/text-track.ts";
import { speechCaptions } from "../../domain/captions/speech-captions.ts";
import { captionsKey, type TrackRef } from "../../domain/media/object-keys.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { reportTrack } from "../jobs/track-job.ts";
import { NoRecogniserError } from "../recogniser.ts";
import { type Sound, soundOf } from "../source/open-source.ts";
import type { SourceCache } from "../source/source-cache.ts";
import { type SpeechParts, writeDown } from "./write-down.ts";

export interface TranscribeParts extends SpeechParts {
  db: Postgres;
  sources: SourceCache;
  log: Logger;
}

/** Attempts that wait for a recogniser which may be on its way from its registry: half a minute, as jobs are tried again. */
const PATIENT_ATTEMPTS = 3;

const Payload = z.object({ environment: z.string(), assetId: z.string(), trackId: z.string() });

/**
 * From a ready asset's sound to stored captions. What cannot be written down ends the track, with words for the customer, and never
 * the asset. Running it again stores the same.
 */
export function transcribeTask(parts: TranscribeParts): JobTask {
  const { db, log } = parts;
  return async (payload, { signal, attempt, isLastAttempt }) => {
    const ref = Payload.parse(payload);
    const track = await findTrack(db, ref);
    if (track === null) return;
    const refused = unspoken(track.language_code ?? "", track.sound_language_code);
    const failed = (error: TrackError) => reportTrack(db, ref, { kind: "errored", error });
    if (track.sound_name === null) return failed(inWords("The asset has no sound."));
    if (refused !== null) return failed(inWords(refused));
    try {
      const isStored = await store(parts, ref, track.sound_name, signal);
      if (isStored) await reportTrack(db, ref, { kind: "ready", languageCode: languageOf(track.language_code) });
    } catch (error) {
      signal.throwIfAborted();
      const isMissing = error instanceof NoRecogniserError;
      if (!isLastAttempt && !(isMissing && attempt > PATIENT_ATTEMPTS)) throw error;
      if (isMissing) log.warn(ref, "speech was not written down: there is no recogniser");
      else log.error({ err: error, ...ref }, "speech was not written down for good");
      await failed(isMissing ? NOT_HERE : OURS);
    }
  };
}

const NOT_HERE = inWords(
  "Speech cannot be written down here: its recogniser is not installed. Whoever runs this service installs it with `npm run speech`.",
);
const OURS = inWords("The sound could not be written down. Nothing may be wrong with it: ask for the captions again.");

function inWords(message: string): TrackError {
  return { type: "transcription_failed", messages: [message] };
}

/** As it was asked for, which may be more exact; `auto` becomes what was heard. */
function languageOf(asked: string | null): string {
  return asked === null || asked === AUTO_LANGUAGE ? SPOKEN_LANGUAGE : asked;
}

/** Null when nobody waits for it: it is gone, or done. */
async function findTrack(db: Postgres, { environment, assetId, trackId }: TrackRef) {
  const track = await db
    .selectFrom("transcoder_text_tracks")
    .select(["status", "active", "text_source", "language_code", "sound_name", "sound_language_code"])
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .where("track_id", "=", trackId)
    .executeTakeFirst();
  const isWaiting = track?.status === "preparing" && track.active && track.text_source === "generated_vod";
  return isWaiting ? track : null;
}

/** False when it is not wanted any more. */
async function store(parts: TranscribeParts, ref: TrackRef, soundName: string, signal: AbortSignal): Promise<boolean> {
  const { key, sound } = await findSound(parts, ref, soundName);
  const isWanted = async (): Promise<boolean> => (await findTrack(parts.db, ref)) !== null;
  const lines = await writeDown(parts, { sourceKey: key, sound, isWanted, signal });
  if (lines === null) return false;
  await parts.objects.put(captionsKey(ref), Buffer.from(JSON.stringify(speechCaptions(lines))));
  return true;
}

/** The sound that people choose by that name. */
async function findSound(
  { db, sources }: TranscribeParts,
  ref: TrackRef,
  name: string,
): Promise<{ key: string; sound: Sound }> {
  const { environment, assetId } = ref;
  const asset = await db
    .selectFrom("transcoder_assets")
    .select("plan_id")
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .executeTakeFirst();
  const planned = asset?.plan_id ? await sources.get({ environment, assetId }, asset.plan_id) : null;
  if (planned === null) throw new Error(`asset ${assetId} has no plan`);
  const { audio } = planned.plan;
  // a plan of the first version has one sound, which the API calls by another name
  const rendition = audio.find(({ label }) => label === name) ?? (audio.length === 1 ? audio[0] : undefined);
  if (rendition === undefined) throw new Error(`asset ${assetId} has no sound ${name}`);
  return { key: planned.source.key, sound: soundOf(planned.source, rendition) };
}
