import { type Captions, decodeCaptions } from "../../domain/captions/captions.ts";
import { captionsKey } from "../../domain/media/object-keys.ts";
import { Lru } from "../../platform/memory/lru.ts";
import { SharedCalls } from "../../platform/memory/shared-calls.ts";
import { ObjectDamagedError, type Objects } from "../../platform/objects/objects.ts";
import type { DeliveryMetrics } from "../delivery-metrics.ts";
import { PlaybackError, unavailable } from "../playback-error.ts";
import type { PlaybackFacts } from "../playback-ids.ts";
import { readVerified } from "../segments/verified-object.ts";

export interface Texts {
  /** Captions of a text track. Rejects with a `PlaybackError`: 404 where the asset has no such track, 503 where it is away. */
  find(facts: Pick<PlaybackFacts, "environment" | "assetId" | "textTracks">, trackId: string): Promise<Captions>;
}

/** All cues together, at some 300 bytes each; an hour of talk has about 1,000. */
const MAX_CUES = 200_000;
/** A read from the store is short: it is finished even when nobody waits any more. */
const NEVER = new AbortController().signal;

/** Captions, read from the store once: they never change. */
export function createTexts(objects: Objects, metrics: DeliveryMetrics): Texts {
  const kept = new Lru<Captions>({ maxWeight: MAX_CUES, weigh: ({ cues }) => 1 + cues.length });
  const reading = new SharedCalls<Captions>();

  async function read(key: string): Promise<Captions> {
    const stored = await readVerified(objects, key).catch((error: unknown) => {
      if (!(error instanceof ObjectDamagedError)) throw error;
      metrics.damaged(key, error);
      throw unavailable("The text track is damaged", { cause: error });
    });
    if (stored === null) throw unavailable("The text track is not in the store");
    const captions = decodeCaptions(stored.bytes.toString("utf8"));
    kept.set(key, captions);
    return captions;
  }

  return {
    find: async ({ environment, assetId, textTracks }, trackId) => {
      if (!textTracks.some(({ id }) => id === trackId)) {
        throw new PlaybackError("not_found", ["The asset has no such text track"]);
      }
      const key = captionsKey({ environment, assetId, trackId });
      return kept.get(key) ?? (await reading.join(key, NEVER, () => read(key)));
    },
  };
}
