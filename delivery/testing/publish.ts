import type { Captions } from "../../domain/captions/captions.ts";
import { captionsKey, planKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { AssetStatus, PlaybackPolicy } from "../../platform/postgres/schema.ts";
import { PLAN_ID, smallPlan } from "./plans.ts";

export const ENVIRONMENT = "abc123";

export interface PublishOptions {
  policy?: PlaybackPolicy;
  status?: AssetStatus;
  title?: string;
  /** Null: the plan is lost. */
  plan?: Plan | null;
}

export interface Published {
  playbackId: string;
  assetId: string;
}

/** 44 letters and digits. */
export const longId = (begin: string): string => begin.padEnd(44, "0");

export async function createEnvironment(postgres: Postgres, environment = ENVIRONMENT): Promise<void> {
  const { id } = await postgres
    .insertInto("organizations")
    .values({ name: "Test" })
    .returning("id")
    .executeTakeFirstOrThrow();
  await postgres
    .insertInto("environments")
    .values({ id: environment, organization_id: id, name: "Test", type: "development", deleted_at: null })
    .execute();
}

let published = 0;

/** An asset with one playback id, as server and transcoder leave it. */
export async function publish(
  { postgres, objects }: { postgres: Postgres; objects: Objects },
  options: PublishOptions = {},
): Promise<Published> {
  published += 1;
  const { policy = "public", plan = smallPlan() } = options;
  const [assetId, playbackId] = [longId(`asset${published}x`), longId(`playback${published}x`)];
  await insertAsset(postgres, assetId, options);
  const created_at = new Date();
  await postgres
    .insertInto("playback_ids")
    .values({ environment_id: ENVIRONMENT, id: playbackId, asset_id: assetId, policy, created_at, deleted_at: null })
    .execute();
  if (plan !== null) {
    const key = planKey({ environment: ENVIRONMENT, assetId, planId: plan.planId });
    await objects.put(key, Buffer.from(JSON.stringify(plan)));
  }
  return { playbackId, assetId };
}

async function insertAsset(postgres: Postgres, id: string, { status = "ready", title }: PublishOptions): Promise<void> {
  const at = new Date();
  await postgres
    .insertInto("assets")
    .values({
      environment_id: ENVIRONMENT,
      id,
      status,
      ingest_type: "on_demand_url",
      input_url: null,
      upload_id: null,
      settings: "{}",
      passthrough: null,
      meta: JSON.stringify({ title }),
      video_quality: "basic",
      max_resolution_tier: "1080p",
      source_generation: 1,
      plan_id: status === "ready" ? PLAN_ID : null,
      duration_seconds: 10.01,
      aspect_ratio: "16:9",
      resolution_tier: "1080p",
      max_stored_resolution: "HD",
      max_stored_frame_rate: 29.97,
      errors: status === "errored" ? JSON.stringify({ type: "invalid_input", messages: ["no"] }) : null,
      created_at: at,
      updated_at: at,
      deleted_at: null,
    })
    .execute();
}

export interface PublishedText {
  name?: string;
  language?: string;
  isClosedCaptions?: boolean;
  /** Null: its captions are lost. */
  cues?: Captions["cues"] | null;
}

/** A text track of an asset, ready, as server and transcoder leave it; gives its id. */
export async function publishText(
  { postgres, objects }: { postgres: Postgres; objects: Objects },
  assetId: string,
  { name = "English", language = "en", isClosedCaptions = false, cues = [] }: PublishedText = {},
): Promise<string> {
  published += 1;
  const trackId = longId(`track${published}x`);
  await postgres
    .insertInto("tracks")
    .values({
      environment_id: ENVIRONMENT,
      asset_id: assetId,
      id: trackId,
      type: "text",
      status: "ready",
      name,
      language_code: language,
      text_type: "subtitles",
      text_source: "uploaded",
      closed_captions: isClosedCaptions,
      source_url: "https://example.com/a.srt",
      created_at: new Date(),
    })
    .execute();
  if (cues !== null) {
    const captions: Captions = { version: 1, blocks: [], cues };
    await objects.put(
      captionsKey({ environment: ENVIRONMENT, assetId, trackId }),
      Buffer.from(JSON.stringify(captions)),
    );
  }
  return trackId;
}
