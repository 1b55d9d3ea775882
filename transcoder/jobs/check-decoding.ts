import { z } from "zod";
import { type AssetRef, sourceKey } from "../../domain/media/object-keys.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { FfmpegError, type FfmpegTools } from "../ffmpeg.ts";
import { stallMs } from "../standardise.ts";
import { type AssetJobParts, assetJob } from "./asset-job.ts";
import type { Examined } from "./examine-source.ts";
import { MediaError, refused } from "./media-error.ts";

export const CHECK_DECODING_TASK = "check_decoding";

/** A conversion that begins at once finds by itself what this would. */
const DELAY_MS = 2_000;
const SIDE_PX = 16;
/** One packet of sound as decoded; the longest of any codec have some 20,000 samples. */
const MAX_SOUND_BYTES = 4 * 1024 * 1024;

/** What is decoded of a file, as ffprobe found it. */
const Look = z.object({
  demuxer: z.string(),
  streamIndex: z.number().int(),
  kind: z.enum(["video", "audio"]),
  patienceMs: z.number(),
});
type Look = z.infer<typeof Look>;

export interface CheckParts extends AssetJobParts {
  objects: Objects;
  tools: FfmpegTools;
}

/** Has a file looked into that waits for its conversion. */
export async function checkDecodingSoon(db: Postgres, ref: AssetRef, examined: Examined): Promise<void> {
  const look = lookOf(examined);
  if (look === null) return;
  const key = `${CHECK_DECODING_TASK}:${ref.assetId}`;
  await addJob(db, { task: CHECK_DECODING_TASK, payload: { ...ref, ...look }, key, afterMs: DELAY_MS });
}

/**
 * Ends an asset as errored whose file nothing can be decoded of, without waiting for the conversions before it. What it cannot
 * tell is left to the conversion, and so are failures of ours.
 */
export function checkDecodingTask(parts: CheckParts): JobTask {
  const check = assetJob(parts, async (ref, _, signal, payload) => {
    if (await hasBegun(parts.db, ref)) return null;
    try {
      await requireDecodable(parts, ref, Look.parse(payload), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof MediaError) throw error;
      parts.log.warn({ err: error, ...ref }, "a file could not be looked into");
    }
    return null;
  });
  return async (payload, context) => {
    if (context.isGivenUp !== true) await check(payload, context);
  };
}

/**
 * The same look at a file of sound alone that nothing decodes on its way: whether it waited must not tell how it ends. Pictures are
 * looked at by their plan. Rejects with MediaError.
 */
export async function requireCopiedSound(
  parts: Pick<CheckParts, "objects" | "tools">,
  ref: AssetRef,
  examined: Examined,
  signal: AbortSignal,
): Promise<void> {
  const look = lookOf(examined);
  if (look?.kind === "audio" && examined.judgement.sounds[0] === "copy")
    await requireDecodable(parts, ref, look, signal);
}

function lookOf({ demuxer, facts }: Examined): Look | null {
  const stream = facts.video ?? facts.audio;
  if (stream === null) return null;
  const kind = facts.video === null ? "audio" : "video";
  return { demuxer, streamIndex: stream.streamIndex, kind, patienceMs: stallMs(facts) };
}

/** Its conversion tells how far it is as soon as it begins. */
async function hasBegun(db: Postgres, { environment, assetId }: AssetRef): Promise<boolean> {
  const progress = await db
    .selectFrom("asset_progress")
    .select("asset_id")
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .where("state", "=", "transcoding")
    .executeTakeFirst();
  return progress !== undefined;
}

/** One picture, or the sound of one packet. Rejects with MediaError where none comes, or not in the time of a conversion. */
async function requireDecodable(
  { objects, tools }: Pick<CheckParts, "objects" | "tools">,
  ref: AssetRef,
  { demuxer, streamIndex, kind, patienceMs }: Look,
  signal: AbortSignal,
): Promise<void> {
  const one =
    kind === "video"
      ? ["-frames:v", "1", "-vf", `scale=${SIDE_PX}:${SIDE_PX}`, "-pix_fmt", "gray", "-f", "rawvideo"]
      : ["-frames:a", "1", "-f", "s16le"];
  const decoded = await objects
    .localCopy(sourceKey(ref, 1), (inputFile) =>
      tools.run({
        args: {
          input: ["-threads", "2", "-f", demuxer],
          inputFile,
          output: ["-map", `0:${streamIndex}`, ...one],
        },
        maxOutputBytes: kind === "video" ? SIDE_PX * SIDE_PX : MAX_SOUND_BYTES,
        timeoutMs: patienceMs,
        signal,
      }),
    )
    .catch((cause: unknown) => {
      if (cause instanceof FfmpegError && cause.reason === "timeout") throw refused("stuck", { cause });
      if (cause instanceof FfmpegError && cause.reason === "exit") return null;
      throw cause;
    });
  if (decoded === null || decoded.length === 0) throw refused(kind === "video" ? "no_pictures" : "undecodable");
}
