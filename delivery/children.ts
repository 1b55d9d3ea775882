import type { Plan } from "../domain/media/plan.ts";
import type { Visitor } from "../domain/playback/restriction.ts";
import type { Access, OpenedChild } from "./access.ts";
import type { Plans } from "./plans.ts";
import { PlaybackError, unavailable } from "./playback-error.ts";
import type { OfPlan } from "./route.ts";
import { findWholePlan } from "./whole-plan.ts";

/** The plan that a playlist's URL points into, opened by its grant. */
export interface PlanOfChild {
  opened: OpenedChild;
  plan: Plan;
}

export type FindPlanOfChild = (child: OfPlan, visitor: Visitor) => Promise<PlanOfChild>;

/** Rejects with a `PlaybackError`: 403 by its grant, 404 where the plan does not exist. */
export function createPlansOfChildren(access: Access, plans: Plans): FindPlanOfChild {
  return async (child, visitor) => {
    const opened = await access.openChild(child, visitor);
    const { facts } = opened;
    const plan = await findWholePlan(plans, facts, child.planId);
    if (plan !== null) return { opened, plan };
    if (facts.planId === child.planId) throw unavailable("The asset's plan is not in the store");
    throw noSuchRendition();
  };
}

export function noSuchRendition(): PlaybackError {
  return new PlaybackError("not_found", ["The asset has no such rendition"]);
}
