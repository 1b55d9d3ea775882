import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { initKey, planKey, segmentKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { makeSigningKey } from "../../platform/tokens/make-signing-key.ts";

/** A film whose segments are all stored, with a public and a signed playback id. */
export interface Film {
  publicId: string;
  signedId: string;
  keyId: string;
  privateKey: string;
  /** Where the same segments lie as plain files, `0.m4s` and so on. */
  filesDir: string;
  segments: number;
}

export interface FilmOptions {
  postgres: Postgres;
  objectsDir: string;
  filesDir: string;
  segments: number;
  segmentBytes: number;
}

const PLAN_ID = "0123456789abcdef";
const RENDITION = "720p";
const TIMESCALE = 30_000;
const SEGMENT_SECONDS = 4;
const id = (begin: string): string => begin.padEnd(44, "0");

export async function publishFilm(options: FilmOptions): Promise<Film> {
  const { postgres, objectsDir, filesDir, segments, segmentBytes } = options;
  const { id: environment } = await postgres.selectFrom("environments").select("id").executeTakeFirstOrThrow();
  const asset = { environment, assetId: id("film"), planId: PLAN_ID };
  const objects = openFolderObjects(objectsDir);
  await objects.put(planKey(asset), Buffer.from(JSON.stringify(planOf(segments))));
  await objects.put(initKey(asset, RENDITION), randomBytes(800));
  await mkdir(filesDir);
  for (let segment = 0; segment < segments; segment += 1) {
    const bytes = randomBytes(segmentBytes);
    await objects.put(segmentKey(asset, RENDITION, segment), bytes);
    await writeFile(join(filesDir, `${segment}.m4s`), bytes);
  }
  await insertAsset(postgres, environment, asset.assetId);
  const { publicKey, privateKey } = await makeSigningKey();
  const at = { created_at: new Date(), deleted_at: null };
  const [publicId, signedId, keyId] = [id("public"), id("signed"), id("key")];
  await postgres
    .insertInto("playback_ids")
    .values([
      { environment_id: environment, id: publicId, asset_id: asset.assetId, policy: "public", ...at },
      { environment_id: environment, id: signedId, asset_id: asset.assetId, policy: "signed", ...at },
    ])
    .execute();
  await postgres
    .insertInto("signing_keys")
    .values({ environment_id: environment, id: keyId, public_key: publicKey, ...at })
    .execute();
  return { publicId, signedId, keyId, privateKey, filesDir, segments };
}

function planOf(segments: number): Plan {
  const ticks = SEGMENT_SECONDS * TIMESCALE;
  return {
    ...{ version: 2, planId: PLAN_ID, sourceGeneration: 1, timescale: TIMESCALE },
    boundaries: Array.from({ length: segments + 1 }, (_, at) => at * ticks),
    pictureEnd: segments * ticks,
    video: [
      {
        ...{ kind: "encoded", name: RENDITION, codecs: "avc1.64001f", widthPx: 1_280, heightPx: 720, frameRate: 30 },
        ...{ peakBitrate: 4_000_000, averageBitrate: 2_600_000 },
      },
    ],
    audio: [],
  };
}

async function insertAsset(postgres: Postgres, environment: string, assetId: string): Promise<void> {
  const at = new Date();
  await postgres
    .insertInto("assets")
    .values({
      ...{ environment_id: environment, id: assetId, status: "ready", ingest_type: "on_demand_url", input_url: null },
      ...{ upload_id: null, settings: "{}", passthrough: null, meta: "{}", video_quality: "basic", errors: null },
      ...{ max_resolution_tier: "1080p", source_generation: 1, plan_id: PLAN_ID, duration_seconds: 120 },
      ...{ aspect_ratio: "16:9", resolution_tier: "720p", max_stored_resolution: "HD", max_stored_frame_rate: 30 },
      ...{ created_at: at, updated_at: at, deleted_at: null },
    })
    .execute();
}
