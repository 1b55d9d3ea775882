import { buffer } from "node:stream/consumers";
import { z } from "zod";
import type { AssetError } from "../../domain/asset/outcome.ts";
import { APPLY_TRACK_RESULT_TASK, type TrackOutcome, type TrackResult } from "../../domain/asset/text-track.ts";
import { CaptionsError } from "../../domain/captions/captions-error.ts";
import { readCaptions } from "../../domain/captions/read-captions.ts";
import { captionsKey, sentTextKey, type TrackRef } from "../../domain/media/object-keys.ts";
import type { AllowList } from "../../domain/network/allow-list.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import { ObjectMissingError, type Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { fetchSmall } from "../jobs/fetch-small.ts";
import { MediaError } from "../jobs/media-error.ts";

export interface CaptionParts {
  db: Postgres;
  objects: Objects;
  tools: FfmpegTools;
  allow: AllowList;
  log: Logger;
}

/** A day of captions with styles has some 3 MB; what is larger is no captions. */
const MAX_TEXT_BYTES = 10 * 1024 ** 2;
/** For all attempts together. */
const MAX_FETCH_MS = 5 * 60_000;

const Payload = z.object({ environment: z.string(), assetId: z.string(), trackId: z.string() });

/** From a customer's URL to stored captions. A file that cannot be read ends the track, never the asset. */
export function readTextTask(parts: CaptionParts): JobTask {
  const { db, log } = parts;
  return async (payload, { signal, isLastAttempt }) => {
    const ref = Payload.parse(payload);
    const track = await findTrack(db, ref);
    if (track?.status !== "preparing" || !track.active || track.source_url === null) return;
    try {
      await readText(parts, ref, track.source_url, signal);
      await reportTrack(db, ref, { kind: "ready" });
    } catch (error) {
      signal.throwIfAborted();
      const known = customersFault(error);
      if (known === null && !isLastAttempt) throw error;
      if (known === null) log.error({ err: error, ...ref }, "captions were not read for good");
      else log.info({ err: error, ...ref }, "captions cannot be read");
      await reportTrack(db, ref, { kind: "errored", error: known ?? OURS });
    }
  };
}

const OURS: AssetError = {
  type: "invalid_input",
  messages: ["The file could not be processed. Nothing may be wrong with it: add the track again."],
};

async function readText({ objects, allow }: CaptionParts, ref: TrackRef, url: string, signal: AbortSignal) {
  const key = sentTextKey(ref);
  const limits = { sizeBytes: MAX_TEXT_BYTES, ms: MAX_FETCH_MS };
  if ((await objects.head(key)) === null) await objects.put(key, await fetchSmall({ url, allow, signal, limits }));
  const found = await objects.read(key);
  if (found === null) throw new ObjectMissingError(`There is no object ${key}`);
  const captions = readCaptions(await buffer(found.body));
  await objects.put(captionsKey(ref), Buffer.from(JSON.stringify(captions)));
}

/** What the customer can mend; null for what is ours. */
function customersFault(error: unknown): AssetError | null {
  if (error instanceof CaptionsError) return { type: "invalid_input", messages: [error.message] };
  return error instanceof MediaError ? { type: error.type, messages: [error.message] } : null;
}

/** The last statement of a job: the server changes the track. */
export async function reportTrack(db: Postgres, ref: TrackRef, outcome: TrackOutcome): Promise<void> {
  const { environment, assetId, trackId } = ref;
  const payload: TrackResult = { environment, assetId, trackId, outcome };
  await addJob(db, { task: APPLY_TRACK_RESULT_TASK, payload, key: `${APPLY_TRACK_RESULT_TASK}:${trackId}` });
}

function findTrack(db: Postgres, { environment, assetId, trackId }: TrackRef) {
  return db
    .selectFrom("transcoder_text_tracks")
    .select(["status", "active", "source_url"])
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .where("track_id", "=", trackId)
    .executeTakeFirst();
}
