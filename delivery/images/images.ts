import { createHash } from "node:crypto";
import { imageKey } from "../../domain/media/image-keys.ts";
import type { WantedImage, WantedPicture } from "../../domain/media/transcoder-wire.ts";
import { Lru } from "../../platform/memory/lru.ts";
import { SharedCalls } from "../../platform/memory/shared-calls.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { DeliveryMetrics } from "../delivery-metrics.ts";
import { readIntact, type VerifiedObject } from "../segments/verified-object.ts";
import type { Transcoder } from "../transcoder-client.ts";

export interface Images {
  /** Rejects with a `PlaybackError`, or with the signal's reason when the caller leaves. */
  get(wanted: WantedPicture, signal: AbortSignal): Promise<VerifiedObject>;
}

export interface ImagesDeps {
  objects: Objects;
  transcoder: Transcoder;
  metrics: DeliveryMetrics;
  cacheBytes: number;
}

/** Images: from memory, those that are stored from the store, else from a transcoder. */
export function createImages({ objects, transcoder, metrics, cacheBytes }: ImagesDeps): Images {
  const memory = new Lru<VerifiedObject>({ maxWeight: cacheBytes, weigh: ({ bytes }) => bytes.length });
  const making = new SharedCalls<VerifiedObject>();

  async function find(key: string, wanted: WantedPicture, signal: AbortSignal): Promise<VerifiedObject> {
    const image =
      (wanted.kind === "image" ? null : await readIntact(objects, key, metrics)) ?? (await make(wanted, signal));
    memory.set(key, image);
    return image;
  }

  async function make(wanted: WantedPicture, signal: AbortSignal): Promise<VerifiedObject> {
    signal.throwIfAborted();
    const bytes = await transcoder.picture(wanted, signal);
    return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  }

  return {
    get: async (wanted, signal) => {
      const key = wanted.kind === "image" ? memoryKey(wanted) : imageKey(wanted);
      return memory.get(key) ?? (await making.join(key, signal, (shared) => find(key, wanted, shared)));
    },
  };
}

function memoryKey(wanted: WantedImage): string {
  const { environment, assetId, planId, format, timeSeconds, widthPx, heightPx } = wanted;
  const { fitMode, rotateDegrees, flipH, flipV } = wanted;
  const transform = [widthPx, heightPx, fitMode, rotateDegrees, flipH, flipV];
  return [environment, assetId, planId, format, timeSeconds, ...transform].join("/");
}
