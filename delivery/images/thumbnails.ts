import { createHash } from "node:crypto";
import type { PlanRef } from "../../domain/media/object-keys.ts";
import { type Plan, planSeconds } from "../../domain/media/plan.ts";
import type { ImageFormat, WantedImage } from "../../domain/media/transcoder-wire.ts";
import { Lru } from "../../platform/memory/lru.ts";
import { SharedCalls } from "../../platform/memory/shared-calls.ts";
import { PlaybackError } from "../playback-error.ts";
import type { VerifiedObject } from "../segments/verified-object.ts";
import type { Transcoder } from "../transcoder-client.ts";
import type { ThumbnailParams } from "./thumbnail-params.ts";

export interface Thumbnails {
  /** Rejects with a `PlaybackError`, or with the signal's reason when the caller leaves. */
  get(wanted: WantedImage, signal: AbortSignal): Promise<VerifiedObject>;
}

/** Pictures made on demand; they are not stored, only kept in memory. */
export function createThumbnails(transcoder: Transcoder, cacheBytes: number): Thumbnails {
  const memory = new Lru<VerifiedObject>({ maxWeight: cacheBytes, weigh: ({ bytes }) => bytes.length });
  const making = new SharedCalls<VerifiedObject>();

  async function make(key: string, wanted: WantedImage, signal: AbortSignal): Promise<VerifiedObject> {
    const bytes = await transcoder.picture(wanted, signal);
    const picture = { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
    memory.set(key, picture);
    return picture;
  }

  return {
    get: async (wanted, signal) => {
      const { environment, assetId, planId, format, timeSeconds, widthPx, heightPx } = wanted;
      const key = [environment, assetId, planId, format, timeSeconds, widthPx, heightPx].join("/");
      return memory.get(key) ?? (await making.join(key, signal, (shared) => make(key, wanted, shared)));
    },
  };
}

/** What to ask a transcoder for: the middle unless a time is given, and no time outside the asset. */
export function wantedImage(ref: PlanRef, plan: Plan, format: ImageFormat, params: ThumbnailParams): WantedImage {
  if (plan.video.length === 0) throw new PlaybackError("not_found", ["The asset has no picture"]);
  const { environment, assetId, planId } = ref;
  const endSeconds = planSeconds(plan);
  const timeSeconds = params.timeSeconds === null ? endSeconds / 2 : Math.min(params.timeSeconds, endSeconds);
  const { widthPx, heightPx } = params;
  return { kind: "image", environment, assetId, planId, format, timeSeconds, widthPx, heightPx };
}
