import { z } from "zod";
import type { AssetError } from "../../domain/asset/outcome.ts";
import {
  APPLY_TRACK_RESULT_TASK,
  type TrackError,
  type TrackOutcome,
  type TrackResult,
} from "../../domain/asset/text-track.ts";
import { CaptionsError } from "../../domain/captions/captions-error.ts";
import type { TrackRef } from "../../domain/media/object-keys.ts";
import { EXPORT_AGAIN } from "../../domain/media/refusals.ts";
import { Mp4Error } from "../../domain/mp4/mp4-error.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import { type JobTask, requireNotGivenUp } from "../../platform/jobs/task.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { MediaError } from "./media-error.ts";
import { watchDeletion } from "./watch-deletion.ts";

interface TrackJobParts {
  db: Postgres;
  log: Logger;
  /** How often a running job looks whether its track was deleted; shorter only in tests. */
  lookEveryMs?: number;
}

/** What every kind of track tells of itself. */
interface Found {
  status: string;
  active: boolean;
}

interface TrackJob<Track extends Found> {
  find: (ref: TrackRef) => Promise<Track | undefined>;
  read: (ref: TrackRef, track: Track, signal: AbortSignal) => Promise<TrackOutcome>;
  /** What ends the track at once beside what every file may have; null: it is tried again. */
  known?: (error: unknown, attempt: number, ref: TrackRef) => TrackError | null;
  /** What is told where it fails and is nobody's fault but ours. */
  ours?: TrackError;
}

const Payload = z.object({ environment: z.string(), assetId: z.string(), trackId: z.string() });

const OURS: TrackError = {
  type: "invalid_input",
  messages: ["The file could not be processed. Nothing may be wrong with it: add the track again."],
};

/** Changes nothing of a track that is gone, but makes the server remove what is stored for it. */
const GONE: TrackOutcome = {
  kind: "errored",
  error: { type: "invalid_input", messages: ["The track was deleted before it was ready."] },
};

/**
 * The job of a track, of a customer's URL or made of the asset: nothing is done for one that is not waited for any more, one that is deleted, or
 * whose asset is, stops the work, a file that cannot be read ends the track, never the asset, and any other failure is tried again.
 */
export function trackJob<Track extends Found>(
  { db, log, lookEveryMs }: TrackJobParts,
  { find, read, known: knownBeside = () => null, ours = OURS }: TrackJob<Track>,
): JobTask {
  return async (payload, context) => {
    const { signal, attempt, isLastAttempt } = context;
    const ref = Payload.parse(payload);
    const track = await find(ref);
    if (track?.status !== "preparing") return;
    if (!track.active) return reportTrack(db, ref, GONE); // with its asset: an earlier attempt may have stored something
    const deletion = watchDeletion(async () => (await find(ref))?.active === false, "track", lookEveryMs);
    try {
      requireNotGivenUp(context);
      await reportTrack(db, ref, await read(ref, track, AbortSignal.any([signal, deletion.signal])));
    } catch (error) {
      signal.throwIfAborted();
      if (deletion.signal.aborted) return await reportTrack(db, ref, GONE);
      const known = customersFault(error) ?? knownBeside(error, attempt, ref);
      if (known === null && !isLastAttempt) throw error;
      if (known === null) log.error({ err: error, ...ref }, "track was not read for good");
      else log.info({ err: error, ...ref }, "track cannot be read");
      await reportTrack(db, ref, { kind: "errored", error: known ?? ours });
    } finally {
      deletion.stop();
    }
  };
}

/** What the customer can mend; null for what is ours. */
function customersFault(error: unknown): AssetError | null {
  if (error instanceof CaptionsError) return { type: "invalid_input", messages: [error.message] };
  if (error instanceof Mp4Error) return { type: "invalid_input", messages: [`${error.message}. ${EXPORT_AGAIN}`] };
  return error instanceof MediaError ? { type: error.type, messages: [error.message] } : null;
}

/** The last statement of a job: the server changes the track. */
export async function reportTrack(db: Postgres, ref: TrackRef, outcome: TrackOutcome): Promise<void> {
  const { environment, assetId, trackId } = ref;
  const payload: TrackResult = { environment, assetId, trackId, outcome };
  await addJob(db, { task: APPLY_TRACK_RESULT_TASK, payload, key: `${APPLY_TRACK_RESULT_TASK}:${trackId}` });
}
