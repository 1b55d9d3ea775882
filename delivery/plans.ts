import { type PlanRef, planKey } from "../domain/media/object-keys.ts";
import { decodePlan, type Plan } from "../domain/media/plan.ts";
import { Lru } from "../platform/memory/lru.ts";
import { SharedCalls } from "../platform/memory/shared-calls.ts";
import { ObjectDamagedError, type Objects } from "../platform/objects/objects.ts";
import type { DeliveryMetrics } from "./delivery-metrics.ts";
import { unavailable } from "./playback-error.ts";
import { readVerified } from "./segments/verified-object.ts";

export interface Plans {
  /** Null where the asset has no such plan. Rejects with a `PlaybackError` (503) when that cannot be told now. */
  find(ref: PlanRef): Promise<Plan | null>;
}

/** All boundaries together, of pictures and sound; 8 bytes each, some 1,800 in an hour. */
const MAX_BOUNDARIES = 4_000_000;
/** A read from the store is short: it is finished even when nobody waits any more. */
const NEVER = new AbortController().signal;

/** Segment plans, read from the store once: they never change. */
export function createPlans(objects: Objects, metrics: DeliveryMetrics): Plans {
  const plans = new Lru<Plan>({
    maxWeight: MAX_BOUNDARIES,
    weigh: ({ boundaries, audio }) => audio.reduce((sum, sound) => sum + sound.boundaries.length, boundaries.length),
  });
  const reading = new SharedCalls<Plan | null>();

  async function read(key: string): Promise<Plan | null> {
    const stored = await readVerified(objects, key).catch((error: unknown) => {
      if (!(error instanceof ObjectDamagedError)) throw error;
      metrics.damaged(key, error);
      throw unavailable("The asset's plan is damaged", { cause: error });
    });
    if (stored === null) return null;
    const plan = decodePlan(stored.bytes.toString("utf8"));
    plans.set(key, plan);
    return plan;
  }

  return {
    find: async (ref) => {
      const key = planKey(ref);
      return plans.get(key) ?? (await reading.join(key, NEVER, () => read(key)));
    },
  };
}
