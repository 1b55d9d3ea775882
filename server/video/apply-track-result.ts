import { z } from "zod";
import { trackName } from "../../domain/asset/text-input.ts";
import { EMBEDDED_CHANNELS, type EmbeddedChannel, type TrackResult } from "../../domain/asset/text-track.ts";
import type { TrackRef } from "../../domain/media/object-keys.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { lockAsset, requireAsset, type TrackRow } from "./assets.ts";
import { deleteTrackSoon } from "./delete-track.ts";
import { endTrack, tellCreated, tellTrack, trackNames } from "./text-tracks.ts";

/** The transcoder's word, as `domain/asset/text-track.ts` has it. */
const Result: z.ZodType<TrackResult> = z.object({
  environment: z.string(),
  assetId: z.string(),
  trackId: z.string().regex(/^[A-Za-z0-9]{32,50}$/),
  outcome: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("ready"),
      languageCode: z.string().exactOptional(),
      sound: z
        .object({ channels: z.number().int().positive(), durationSeconds: z.number().nonnegative() })
        .exactOptional(),
    }),
    z.object({
      kind: z.literal("errored"),
      error: z.object({
        type: z.enum(["download_failed", "invalid_input", "transcription_failed"]),
        messages: z.array(z.string()),
      }),
    }),
    z.object({ kind: z.literal("embedded"), channel: z.enum(EMBEDDED_CHANNELS) }),
  ]),
});

/**
 * Applies what a transcoder found out of a track, once: ready and errored are final, repeated results change nothing. What
 * was stored for a track that is gone is removed.
 */
export function applyTrackResultTask(services: Pick<Services, "db" | "now">): JobTask {
  return async (payload) => {
    const result = Result.parse(payload);
    await services.db.transaction().execute((transaction) => apply(transaction, result, services.now()));
  };
}

async function apply(transaction: PostgresTransaction, result: TrackResult, nowMs: number): Promise<void> {
  const { environment, assetId, trackId, outcome } = result;
  const ref = { environment, assetId, trackId };
  if (!(await lockAsset(transaction, environment, assetId))) return deleteTrackSoon(transaction, ref);
  if (outcome.kind === "embedded") return insertEmbedded(transaction, result, outcome.channel, nowMs);
  const before = await transaction
    .selectFrom("tracks")
    .select(["environment_id", "id", "status"])
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .where("id", "=", trackId)
    .executeTakeFirst();
  if (before === undefined || before.status === "deleted") return deleteTrackSoon(transaction, ref);
  if (before.status !== "preparing") return;
  await endTrack(transaction, before, outcome, nowMs);
}

/** The transcoder chose the id, so that a second result meets the first. Which language it is the source does not say. */
async function insertEmbedded(
  transaction: PostgresTransaction,
  { environment, assetId, trackId }: TrackResult,
  channel: EmbeddedChannel,
  nowMs: number,
): Promise<void> {
  const asset = await requireAsset(transaction, environment, assetId);
  const taken = trackNames(asset, "text");
  const track: TrackRow | undefined = await transaction
    .insertInto("tracks")
    .values({
      environment_id: environment,
      asset_id: assetId,
      id: trackId,
      type: "text",
      status: "ready",
      language_code: "und",
      name: taken.has(channel) ? trackName("und", taken) : channel,
      text_type: "subtitles",
      text_source: "embedded",
      closed_captions: true,
      created_at: new Date(nowMs),
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returningAll()
    .executeTakeFirst();
  if (track === undefined) return removeIfDeleted(transaction, { environment, assetId, trackId });
  await tellCreated(transaction, { ...track, status: "preparing" }, nowMs);
  await tellTrack(transaction, "ready", track, nowMs);
}

/** A job that runs again has stored it again, which may be after the customer deleted it. */
async function removeIfDeleted(transaction: PostgresTransaction, ref: TrackRef): Promise<void> {
  const track = await transaction
    .selectFrom("tracks")
    .select("status")
    .where("environment_id", "=", ref.environment)
    .where("id", "=", ref.trackId)
    .executeTakeFirst();
  if (track?.status === "deleted") await deleteTrackSoon(transaction, ref);
}
