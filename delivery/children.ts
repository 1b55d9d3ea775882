import { type AudioRendition, findRendition, type Plan, type VideoRendition } from "../domain/media/plan.ts";
import type { Visitor } from "../domain/playback/restriction.ts";
import type { Access, OpenedChild } from "./access.ts";
import type { Plans } from "./plans.ts";
import { PlaybackError, unavailable } from "./playback-error.ts";
import type { ChildOfPlan } from "./route.ts";

/** What a playlist points to, opened by its grant. */
export interface Child {
  opened: OpenedChild;
  plan: Plan;
  rendition: VideoRendition | AudioRendition;
}

export type FindChild = (child: ChildOfPlan, visitor: Visitor) => Promise<Child>;

/** Rejects with a `PlaybackError`: 403 by its grant, 404 where plan or rendition do not exist. */
export function createChildren(access: Access, plans: Plans): FindChild {
  return async (child, visitor) => {
    const opened = await access.openChild(child, visitor);
    const { facts } = opened;
    const plan = await plans.find({ ...facts, planId: child.planId });
    if (plan === null && facts.planId === child.planId) throw unavailable("The asset's plan is not in the store");
    const rendition = plan === null ? null : findRendition(plan, child.rendition);
    if (plan === null || rendition === null) throw new PlaybackError("not_found", ["The asset has no such rendition"]);
    return { opened, plan, rendition };
  };
}
