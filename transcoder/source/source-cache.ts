import { buffer } from "node:stream/consumers";
import type { AssetRef } from "../../domain/media/object-keys.ts";
import { planKey } from "../../domain/media/object-keys.ts";
import { decodePlan, type Plan } from "../../domain/media/plan.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { openSource, type Source } from "./open-source.ts";

/** A plan with the index of what it is cut from. */
export interface PlannedSource {
  plan: Plan;
  source: Source;
}

/** Samples kept in memory over all sources, at about 29 bytes each: an hour has about 250,000. */
const MAX_SAMPLES = 5_000_000;

/** Plans and indexes in use, newest last. Both are immutable: a plan names the generation of its source. */
export class SourceCache {
  readonly #objects: Objects;
  readonly #known = new Map<string, Promise<PlannedSource | null>>();
  #samples = 0;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** Null when there is no such plan. */
  async get(ref: AssetRef, planId: string): Promise<PlannedSource | null> {
    const key = planKey({ ...ref, planId });
    const known = this.#known.get(key) ?? this.#load(key, ref, planId);
    this.#known.delete(key);
    this.#known.set(key, known);
    try {
      const planned = await known;
      if (planned === null) this.#known.delete(key); // it may be made later
      return planned;
    } catch (error) {
      this.#known.delete(key);
      throw error;
    }
  }

  async #load(key: string, ref: AssetRef, planId: string): Promise<PlannedSource | null> {
    const found = await this.#objects.read(key);
    if (found === null) return null;
    const plan = decodePlan((await buffer(found.body)).toString("utf8"));
    if (plan.planId !== planId) throw new Error(`${key} holds the plan ${plan.planId}`);
    const source = await openSource(this.#objects, ref, plan.sourceGeneration);
    this.#samples += countSamples(source);
    await this.#shrink(key);
    return { plan, source };
  }

  async #shrink(keep: string): Promise<void> {
    for (const [key, loading] of this.#known) {
      if (this.#samples <= MAX_SAMPLES) return;
      if (key === keep) continue;
      this.#known.delete(key);
      const planned = await loading.catch(() => null);
      if (planned !== null) this.#samples -= countSamples(planned.source);
    }
  }
}

function countSamples({ movie }: Source): number {
  return movie.tracks.reduce((sum, { samples }) => sum + samples.count, 0);
}
