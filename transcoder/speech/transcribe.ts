import { AUTO_LANGUAGE, SPOKEN_LANGUAGE, unspoken } from "../../domain/asset/generated-text.ts";
import type { TrackError, TrackOutcome } from "../../domain/asset/text-track.ts";
import { speechCaptions } from "../../domain/captions/speech-captions.ts";
import { captionsKey, type TrackRef } from "../../domain/media/object-keys.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { trackJob } from "../jobs/track-job.ts";
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

/**
 * From a ready asset's sound to stored captions. What cannot be written down ends the track, with words for the customer, and never
 * the asset. Running it again stores the same.
 */
export function transcribeTask(parts: TranscribeParts): JobTask {
  const { db, log } = parts;
  return trackJob(parts, {
    find: (ref) => findTrack(db, ref),
    read: (ref, track, signal) => transcribe(parts, ref, track, signal),
    known: (error, attempt, ref) => {
      if (!(error instanceof NoRecogniserError) || attempt <= PATIENT_ATTEMPTS) return null;
      log.warn(ref, "speech was not written down: there is no recogniser");
      return NOT_HERE;
    },
    ours: OURS,
  });
}

async function transcribe(
  parts: TranscribeParts,
  ref: TrackRef,
  { language_code: language, sound_name: name, sound_language_code: soundLanguage }: SpokenTrack,
  signal: AbortSignal,
): Promise<TrackOutcome> {
  if (name === null) return { kind: "errored", error: inWords("The asset has no sound.") };
  const refused = unspoken(language ?? "", soundLanguage);
  if (refused !== null) return { kind: "errored", error: inWords(refused) };
  const { key: sourceKey, sound } = await findSound(parts, ref, name);
  const lines = await writeDown(parts, { environment: ref.environment, sourceKey, sound, signal });
  await parts.objects.put(captionsKey(ref), Buffer.from(JSON.stringify(speechCaptions(lines))));
  return { kind: "ready", languageCode: languageOf(language) };
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

type SpokenTrack = NonNullable<Awaited<ReturnType<typeof findTrack>>>;

function findTrack(db: Postgres, { environment, assetId, trackId }: TrackRef) {
  return db
    .selectFrom("transcoder_text_tracks")
    .select(["status", "active", "language_code", "sound_name", "sound_language_code"])
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .where("track_id", "=", trackId)
    .where("text_source", "=", "generated_vod")
    .executeTakeFirst();
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
