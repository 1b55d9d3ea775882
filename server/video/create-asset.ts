import { CLIP_TASK, FETCH_TASK, INGEST_TASK, type IngestJob, queuedStep } from "../../domain/asset/outcome.ts";
import type { AssetSettings } from "../../domain/asset/settings-wire.ts";
import { addJob, type JobSpec } from "../../platform/jobs/jobs.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { type AssetRecord, requireAsset, type TrackRow } from "./assets.ts";
import { withSourcesPictures } from "./clip-overlays.ts";
import { type ClipSource, requireClipSource } from "./clip-source.ts";
import { copyTextTracks, textsBesideCopied } from "./clip-texts.ts";
import { deleteTestAssetLater } from "./delete-test-asset.ts";
import { recordEvent } from "./events.ts";
import { insertGeneratedTracks } from "./generated-tracks.ts";
import { wantMaster } from "./masters.ts";
import { insertPlaybackIds } from "./playback-ids.ts";
import { insertSoundTracks } from "./sound-tracks.ts";
import { insertStaticRenditions, tellStaticCreated } from "./static-renditions.ts";
import { tellShots } from "./tell-shots.ts";
import { insertTextTracks, tellCreated } from "./text-tracks.ts";
import { assetToWire } from "./v1/asset-wire.ts";

export interface NewAsset {
  environmentId: string;
  /** Chosen with the upload, or new. */
  id: string;
  settings: AssetSettings;
  /** Null when it comes by URL. */
  uploadId: string | null;
}

/** The asset with its playback ids, told as created, and the job that makes it ready. 400 where it is a clip of nothing. */
export async function createAsset(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  { environmentId, id, settings: asked, uploadId }: NewAsset,
): Promise<AssetRecord> {
  const nowMs = services.now();
  const now = new Date(nowMs);
  const clip = asked.clip === null ? null : await requireClipSource(transaction, environmentId, asked.clip);
  const settings = clip === null ? asked : withSourcesPictures(asked, clip.source);
  const owner = { environmentId, assetId: id };
  await transaction
    .insertInto("assets")
    .values({
      environment_id: environmentId,
      id,
      status: "preparing",
      ingest_type: clip !== null ? "on_demand_clip" : uploadId === null ? "on_demand_url" : "on_demand_direct_upload",
      input_url: settings.inputUrl,
      upload_id: uploadId,
      ...(clip !== null && {
        source_asset_id: clip.source.id,
        clip_start_seconds: clip.startSeconds,
        clip_end_seconds: clip.endSeconds,
      }),
      settings: JSON.stringify(settings.kept),
      passthrough: settings.passthrough,
      thumbnail_seconds: settings.thumbnailSeconds,
      meta: JSON.stringify(settings.meta),
      video_quality: settings.videoQuality,
      max_resolution_tier: settings.maxResolutionTier,
      is_test: settings.isTest,
      mp4_support: settings.mp4Support,
      created_at: now,
      updated_at: now,
    })
    .execute();
  await insertPlaybackIds(transaction, services, { ...owner, policies: settings.policies });
  await insertStaticRenditions(transaction, services, owner, settings.staticRenditions);
  const tracks = await insertTracks(transaction, services, { ...owner, clip }, settings);
  const asset = await requireAsset(transaction, environmentId, id);
  const data = assetToWire(asset);
  await recordEvent(transaction, {
    type: "video.asset.created",
    environmentId,
    object: { type: "asset", id },
    data,
    nowMs,
  });
  await tellStaticCreated(transaction, asset.staticRenditions, nowMs);
  await tellShots(transaction, asset, nowMs);
  for (const track of tracks) await tellCreated(transaction, track, nowMs);
  if (settings.masterAccess === "temporary") await wantMaster(transaction, services, owner);
  const payload: IngestJob = { environment: environmentId, assetId: id };
  const step = firstStep(asset, settings.overlays.length > 0, payload);
  await addJob(transaction, { ...step, payload, key: `ingest:${id}` });
  if (settings.isTest) await deleteTestAssetLater(transaction, payload);
  return requireAsset(transaction, environmentId, id);
}

function firstStep(
  { input_url, source_asset_id }: AssetRecord,
  hasOverlays: boolean,
  job: IngestJob,
): Pick<JobSpec, "task" | "queue"> {
  if (source_asset_id !== null) return { task: CLIP_TASK, queue: `clip:${job.environment}` };
  return queuedStep(input_url === null && !hasOverlays ? INGEST_TASK : FETCH_TASK, job);
}

/** Captions that are given, those that a clip takes over, those that are to be written down, and further sounds. */
async function insertTracks(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  { clip, ...owner }: { environmentId: string; assetId: string; clip: ClipSource | null },
  { texts, generated: wanted, sounds }: AssetSettings,
): Promise<TrackRow[]> {
  const named = clip === null ? texts : textsBesideCopied({ ...clip, texts, generated: wanted });
  const names = new Set(wanted.flatMap(({ name }) => name ?? []));
  const given = await insertTextTracks(transaction, services, { ...owner, texts: named, taken: names });
  const copied =
    clip === null ? [] : await copyTextTracks(transaction, services, { ...owner, ...clip, texts: named.length });
  const taken = new Set([...given, ...copied].flatMap(({ name }) => name ?? []));
  const generated = await insertGeneratedTracks(transaction, services, { ...owner, wanted, taken, ofTrackId: null });
  return [...given, ...copied, ...generated, ...(await insertSoundTracks(transaction, services, owner, sounds))];
}
