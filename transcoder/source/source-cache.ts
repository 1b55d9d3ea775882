import { buffer } from "node:stream/consumers";
import type { AssetRef } from "../../domain/media/object-keys.ts";
import { planKey } from "../../domain/media/object-keys.ts";
import { decodePlan, type Plan, planSeconds } from "../../domain/media/plan.ts";
import { endingBy } from "../../domain/media/sound-index.ts";
import { Lru } from "../../platform/memory/lru.ts";
import { SharedCalls } from "../../platform/memory/shared-calls.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { type LayerOf, OverlayLayers } from "../overlays/overlay-layers.ts";
import { openSource, type Source, sourceUntil } from "./open-source.ts";

/** A plan with the index of what it is cut from, as far as that is shown, and with what is burnt into its pictures. */
export interface PlannedSource {
  plan: Plan;
  source: Source;
  layerOf: LayerOf;
}

/**
 * Samples kept in memory over all sources, at some 40 bytes each: an hour has about 250,000, the longest source of 12 hours
 * and 120 pictures a second 7.2 million.
 */
const MAX_SAMPLES = 8_000_000;
/** An index is read in less than a second: it is finished even when nobody waits any more. */
const NEVER = new AbortController().signal;

/** Plans and indexes in use. Both are immutable: a plan names the generation of its source. */
export class SourceCache {
  readonly #objects: Objects;
  readonly #kept: Lru<PlannedSource>;
  readonly #layers: OverlayLayers;
  readonly #loading = new SharedCalls<PlannedSource | null>();

  /** @param maxSamples smaller only in tests */
  constructor(objects: Objects, maxSamples = MAX_SAMPLES) {
    this.#objects = objects;
    this.#layers = new OverlayLayers(objects);
    this.#kept = new Lru({ maxWeight: maxSamples, weigh: ({ source }) => countSamples(source) });
  }

  /** Null when there is no such plan; it may be made later. */
  async get(ref: AssetRef, planId: string): Promise<PlannedSource | null> {
    const key = planKey({ ...ref, planId });
    return this.#kept.get(key) ?? (await this.#loading.join(key, NEVER, () => this.#load(key, ref, planId)));
  }

  async #load(key: string, ref: AssetRef, planId: string): Promise<PlannedSource | null> {
    const found = await this.#objects.read(key);
    if (found === null) return null;
    const plan = decodePlan((await buffer(found.body)).toString("utf8"));
    if (plan.planId !== planId) throw new Error(`${key} holds the plan ${plan.planId}`);
    const opened = await openSource(this.#objects, ref, plan.sourceGeneration);
    const shown = plan.test === undefined ? opened : sourceUntil(opened, plan.test.shownSeconds);
    const sounds = shown.sounds.map(({ track, index }) => ({ track, index: endingBy(index, planSeconds(plan)) }));
    const planned = { plan, source: { ...shown, sounds }, layerOf: this.#layers.of({ ...ref, planId }, plan) };
    this.#kept.set(key, planned);
    return planned;
  }
}

function countSamples({ picture, sounds }: Source): number {
  return sounds.reduce((sum, { track }) => sum + track.samples.count, picture?.track.samples.count ?? 0);
}
