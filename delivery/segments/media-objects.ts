import { initKey, segmentKey } from "../../domain/media/object-keys.ts";
import type { WantedInit, WantedSegment } from "../../domain/media/transcoder-wire.ts";
import { Lru } from "../../platform/memory/lru.ts";
import { SharedCalls } from "../../platform/memory/shared-calls.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { DeliveryMetrics } from "../delivery-metrics.ts";
import { unavailable } from "../playback-error.ts";
import type { Transcoder } from "../transcoder-client.ts";
import { readIntact, type VerifiedObject } from "./verified-object.ts";

export interface MediaObjectsDeps {
  objects: Objects;
  transcoder: Transcoder;
  metrics: DeliveryMetrics;
  /** Bytes of objects that are kept in memory. */
  cacheBytes: number;
}

/** Init segments and segments, from memory, the store, or a transcoder. */
export interface MediaObjects {
  /** Rejects with a `PlaybackError` (503) when it is not to be had now, with the signal's reason when the caller leaves. */
  get(wanted: WantedInit | WantedSegment, signal: AbortSignal): Promise<VerifiedObject>;
}

export function createMediaObjects({ objects, transcoder, metrics, cacheBytes }: MediaObjectsDeps): MediaObjects {
  const memory = new Lru<VerifiedObject>({ maxWeight: cacheBytes, weigh: ({ bytes }) => bytes.length });
  const filling = new SharedCalls<VerifiedObject>();
  metrics.watchMemory(() => memory.weight);

  async function fill(key: string, wanted: WantedInit | WantedSegment, signal: AbortSignal): Promise<VerifiedObject> {
    const stored = await readIntact(objects, key, metrics);
    if (stored !== null) {
      metrics.found("store");
      memory.set(key, stored);
      return stored;
    }
    metrics.found("nowhere");
    signal.throwIfAborted();
    await transcoder.make(wanted, signal);
    const made = await readIntact(objects, key, metrics);
    if (made === null) throw unavailable("It was made, but cannot be read");
    memory.set(key, made);
    return made;
  }

  return {
    get: async (wanted, signal) => {
      const key =
        wanted.kind === "init"
          ? initKey(wanted, wanted.rendition)
          : segmentKey(wanted, wanted.rendition, wanted.segment);
      const kept = memory.get(key);
      if (kept === undefined) return filling.join(key, signal, (shared) => fill(key, wanted, shared));
      metrics.found("memory");
      return kept;
    },
  };
}
