import { buffer } from "node:stream/consumers";
import { readCaptions } from "../../domain/captions/read-captions.ts";
import { captionsKey, sentTextKey, type TrackRef } from "../../domain/media/object-keys.ts";
import type { AllowList } from "../../domain/network/allow-list.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import { ObjectMissingError, type Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { fetchSmall } from "../jobs/fetch-small.ts";
import { trackJob } from "../jobs/track-job.ts";

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

/** From a customer's URL to stored captions. */
export function readTextTask(parts: CaptionParts): JobTask {
  return trackJob(parts, {
    find: (ref) => findTrack(parts.db, ref),
    read: async (ref, { source_url }, signal) => {
      if (source_url === null) throw new Error(`track ${ref.trackId} has no URL`);
      await readText(parts, ref, source_url, signal);
      return { kind: "ready" };
    },
  });
}

async function readText({ objects, allow }: CaptionParts, ref: TrackRef, url: string, signal: AbortSignal) {
  const key = sentTextKey(ref);
  const limits = { sizeBytes: MAX_TEXT_BYTES, ms: MAX_FETCH_MS };
  if ((await objects.head(key)) === null) await objects.put(key, await fetchSmall({ url, allow, signal, limits }));
  const found = await objects.read(key);
  if (found === null) throw new ObjectMissingError(`There is no object ${key}`);
  const captions = readCaptions(await buffer(found.body));
  await objects.put(captionsKey(ref), Buffer.from(JSON.stringify(captions)));
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
