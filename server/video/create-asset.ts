import { FETCH_TASK, INGEST_TASK, type IngestJob } from "../../domain/asset/outcome.ts";
import type { AssetSettings } from "../../domain/asset/settings-wire.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { type AssetRecord, requireAsset } from "./assets.ts";
import { deleteTestAssetLater } from "./delete-test-asset.ts";
import { recordEvent } from "./events.ts";
import { insertPlaybackIds } from "./playback-ids.ts";
import { insertStaticRenditions, tellStaticCreated } from "./static-renditions.ts";
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

/** The asset with its playback ids, told as created, and the job that makes it ready. */
export async function createAsset(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  { environmentId, id, settings, uploadId }: NewAsset,
): Promise<AssetRecord> {
  const nowMs = services.now();
  const now = new Date(nowMs);
  await transaction
    .insertInto("assets")
    .values({
      environment_id: environmentId,
      id,
      status: "preparing",
      ingest_type: uploadId === null ? "on_demand_url" : "on_demand_direct_upload",
      input_url: settings.inputUrl,
      upload_id: uploadId,
      settings: JSON.stringify(settings.kept),
      passthrough: settings.passthrough,
      meta: JSON.stringify(settings.meta),
      video_quality: settings.videoQuality,
      max_resolution_tier: settings.maxResolutionTier,
      is_test: settings.isTest,
      created_at: now,
      updated_at: now,
    })
    .execute();
  await insertPlaybackIds(transaction, services, { environmentId, assetId: id, policies: settings.policies });
  await insertStaticRenditions(transaction, services, { environmentId, assetId: id }, settings.staticRenditions);
  const tracks = await insertTextTracks(transaction, services, { environmentId, assetId: id, texts: settings.texts });
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
  for (const track of tracks) await tellCreated(transaction, track, nowMs);
  const payload: IngestJob = { environment: environmentId, assetId: id };
  const key = `ingest:${id}`;
  const isFetched = asset.input_url !== null || settings.overlays.length > 0;
  if (!isFetched) await addJob(transaction, { task: INGEST_TASK, payload, key });
  else await addJob(transaction, { task: FETCH_TASK, payload, key, queue: fetchQueue(payload) });
  if (settings.isTest) await deleteTestAssetLater(transaction, payload);
  return asset;
}

/** So many inputs of one environment are fetched at once: slow hosts of one customer do not keep others waiting. */
const FETCHES_PER_ENVIRONMENT = 4;

function fetchQueue({ environment, assetId }: IngestJob): string {
  return `fetch:${environment}:${assetId.charCodeAt(0) % FETCHES_PER_ENVIRONMENT}`;
}
