import { z } from "zod";
import { type Applied, type AssetChange, applyOutcome, type NewTrack } from "../../domain/asset/life-cycle.ts";
import type { AssetResult } from "../../domain/asset/outcome.ts";
import { READ_EMBEDDED_TASK } from "../../domain/asset/text-track.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { type AssetRecord, lockAsset, type MasterRow, requireAsset } from "./assets.ts";
import { failCopiedTexts } from "./clip-texts.ts";
import { deleteObjectsSoon } from "./delete-asset.ts";
import { recordEvent } from "./events.ts";
import { failGeneratedTracks, transcribeSoon } from "./generated-tracks.ts";
import { failMaster, makeMaster, masterRef } from "./masters.ts";
import { bringMp4Files, tellMp4 } from "./mp4-support.ts";
import { addedSounds, failSoundTracks, readSoundTracks, renameSoundTracks } from "./sound-tracks.ts";
import { failStaticRenditions, makeStaticRenditions } from "./static-renditions.ts";
import { tellShots } from "./tell-shots.ts";
import { assetToWire } from "./v1/asset-wire.ts";

const Reasons = z.record(z.string(), z.string());
const positive = z.number().positive();

/** As the release before this told it: one sound at most. */
const FactsBefore = z.looseObject({
  audio: z.object({ channels: positive.int() }).nullable(),
  durationSeconds: z.number().nonnegative(),
});

function withSounds(facts: unknown): unknown {
  const before = FactsBefore.safeParse(facts);
  if (!before.success) return facts;
  const { audio, durationSeconds } = before.data;
  return {
    ...before.data,
    sounds: audio === null ? [] : [{ ...audio, durationSeconds, name: "Default", language: null }],
  };
}

const CurrentFacts = z.object({
  durationSeconds: z.number().nonnegative(),
  video: z.object({ widthPx: positive.int(), heightPx: positive.int(), frameRate: z.number() }).nullable(),
  sounds: z.array(
    z.object({
      channels: positive.int(),
      durationSeconds: z.number().nonnegative(),
      name: z.string(),
      language: z.string().nullable(),
    }),
  ),
  topRendition: z.object({ widthPx: positive.int(), heightPx: positive.int() }).nullable(),
  input: z.object({
    containerFormat: z.string(),
    tracks: z.array(
      z.object({
        type: z.enum(["video", "audio"]),
        durationSeconds: z.number(),
        encoding: z.string(),
        widthPx: z.number().exactOptional(),
        heightPx: z.number().exactOptional(),
        frameRate: z.number().exactOptional(),
        channels: z.number().exactOptional(),
        sampleRate: z.number().exactOptional(),
      }),
    ),
  }),
});

const Facts = z.preprocess(withSounds, CurrentFacts);

/** The transcoder's word, as `domain/asset/outcome.ts` has it. */
const Result: z.ZodType<AssetResult> = z.object({
  environment: z.string(),
  assetId: z.string(),
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("non_standard"), reasons: Reasons }),
    z.object({
      kind: z.literal("ready"),
      planId: z.string().regex(/^[0-9a-f]{16}$/),
      sourceGeneration: positive.int(),
      facts: Facts,
      reasons: Reasons.nullable(),
    }),
    z.object({
      kind: z.literal("errored"),
      error: z.object({ type: z.enum(["download_failed", "invalid_input"]), messages: z.array(z.string()) }),
    }),
  ]),
});

/** Applies what a transcoder found out to its asset, once: repeated, late and meaningless results change nothing. */
export function applyResultTask(services: Pick<Services, "db" | "newId" | "now">): JobTask {
  return async (payload) => {
    const { environment, assetId, outcome } = Result.parse(payload);
    await services.db.transaction().execute(async (transaction) => {
      if (!(await lockAsset(transaction, environment, assetId)))
        return deleteObjectsSoon(transaction, { environment, assetId }); // deleted while it was taken in
      const before = await requireAsset(transaction, environment, assetId);
      const nonStandardReasons = Reasons.nullable().parse(before.non_standard_input_reasons);
      const applied = applyOutcome({ status: before.status, nonStandardReasons }, outcome);
      if (applied !== null) await store(transaction, services, before, applied);
    });
  };
}

async function store(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  before: AssetRecord,
  { change, events }: Applied,
): Promise<void> {
  const { environment_id, id } = before;
  const nowMs = services.now();
  const now = new Date(nowMs);
  await transaction
    .updateTable("assets")
    .set({ ...columnsOf(change), updated_at: now })
    .where("environment_id", "=", environment_id)
    .where("id", "=", id)
    .execute();
  const tracks = change.ready?.tracks ?? [];
  if (tracks.length > 0) {
    const common = () => ({ environment_id, asset_id: id, id: services.newId(), created_at: now });
    await transaction
      .insertInto("tracks")
      .values(tracks.map((track) => ({ ...common(), ...trackColumns(track) })))
      .execute();
    const names = new Set(tracks.flatMap((track) => (track.type === "audio" ? [track.name] : [])));
    await renameSoundTracks(transaction, before, names);
  }
  const after = await requireAsset(transaction, environment_id, id);
  if (change.ready !== undefined) {
    await makeStaticRenditions(transaction, after.staticRenditions);
    await readSoundTracks(transaction, addedSounds(after));
    await transcribeSoon(transaction, after.tracks);
  }
  if (change.error !== undefined) await failCopiedTexts(transaction, after, change.error, nowMs);
  if (change.status === "errored") {
    await failStaticRenditions(transaction, services, after.staticRenditions);
    await failSoundTracks(transaction, addedSounds(after), nowMs);
    await failGeneratedTracks(transaction, services, after.tracks);
  }
  if (after.master !== null) await settleMaster(transaction, after.master, change, nowMs);
  const told = await requireAsset(transaction, environment_id, id);
  const event = { environmentId: environment_id, object: { type: "asset" as const, id }, nowMs };
  for (const type of events) await recordEvent(transaction, { ...event, type, data: assetToWire(told) });
  if (change.status !== "preparing") await tellShots(transaction, told, nowMs);
  await bringMp4(transaction, services, environment_id, id);
  const isClip = before.source_asset_id !== null; // has what its source was found to have
  if (!isClip && tracks.some(({ type }) => type === "video")) await lookForCaptions(transaction, environment_id, id);
}

async function settleMaster(
  transaction: PostgresTransaction,
  master: MasterRow,
  { status }: AssetChange,
  nowMs: number,
): Promise<void> {
  if (status === "ready") await makeMaster(transaction, master);
  if (status === "errored") await failMaster(transaction, masterRef(master), nowMs);
}

/** Files of the older setting, after it is told that the asset is ready, or is not to be. */
async function bringMp4(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  environmentId: string,
  assetId: string,
): Promise<void> {
  const asset = await requireAsset(transaction, environmentId, assetId);
  if (asset.mp4_support === "none") return;
  if (asset.status === "ready") await bringMp4Files(transaction, services, asset);
  if (asset.status === "errored") await tellMp4(transaction, "errored", { environmentId, assetId }, services.now());
}

/** After it is ready, and after everything else: reading all pictures of an hour takes a while. */
async function lookForCaptions(transaction: PostgresTransaction, environment: string, assetId: string): Promise<void> {
  const payload = { environment, assetId };
  await addJob(transaction, { task: READ_EMBEDDED_TASK, payload, key: `${READ_EMBEDDED_TASK}:${assetId}` });
}

function columnsOf({ status, nonStandardReasons, ready, error }: AssetChange) {
  return {
    status,
    non_standard_input_reasons: nonStandardReasons === null ? null : JSON.stringify(nonStandardReasons),
    ...(error === undefined ? {} : { errors: JSON.stringify(error) }),
    ...(ready === undefined
      ? {}
      : {
          plan_id: ready.planId,
          source_generation: ready.sourceGeneration,
          duration_seconds: ready.durationSeconds,
          aspect_ratio: ready.aspectRatio,
          resolution_tier: ready.resolutionTier,
          max_stored_resolution: ready.storedResolution,
          max_stored_frame_rate: ready.storedFrameRate,
          input_facts: JSON.stringify(ready.input),
        }),
  };
}

function trackColumns(track: NewTrack) {
  const common = { type: track.type, status: "ready" as const, duration_seconds: track.durationSeconds };
  return track.type === "video"
    ? {
        ...common,
        max_width: track.widthPx,
        max_height: track.heightPx,
        max_frame_rate: track.frameRate,
      }
    : {
        ...common,
        max_channels: track.channels,
        is_primary: track.isPrimary,
        language_code: track.language ?? "und",
        name: track.name,
      };
}
