import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { Beat } from "../../domain/monitoring/beat.ts";
import type { BeatDimensions } from "../../domain/monitoring/beat-dimensions.ts";
import type { LifeStage } from "../../domain/view/life-cycle.ts";
import type { Timeline } from "../../domain/view/timeline.ts";
import type { ViewState } from "../../domain/view/view-state.ts";
import type { DeviceFacts } from "../../domain/view/viewer-facts.ts";
import type { SavedChunk } from "./saved-views.ts";

/** A view that may still change, with what is worked out of it. */
export interface OpenView {
  readonly key: string;
  readonly environmentId: EnvironmentId;
  readonly state: ViewState;
  stage: LifeStage;
  /** Log time at which the stage may change by silence alone. */
  stageAtMs: number;
  /** Second of log time in whose queue it waits for that; null when in none. */
  queuedSecond: number | null;
  /** New events since the last `collect`. */
  dirty: boolean;
  /** Worked out of the state; null when it may have changed. */
  timeline: Timeline | null;
  look: ViewLook | null;
  /** Beats handed to the sink for buckets that are still open, by bucket. */
  readonly beats: Map<number, Beat>;
  /** What else stands in their rows. */
  beatsLook: BeatDimensions | null;
  /** Newest bucket whose beat follows from all events so far: a beat changes by events alone. */
  beatenMs: number;
  /** Where the present state stands in the checkpoint; null when it is not there yet. */
  savedIn: SavedChunk | null;
  savedAt: number;
}

/** What people filter by. */
export interface ViewLook {
  device: DeviceFacts;
  dimensions: BeatDimensions;
}

export function viewKey(environmentId: EnvironmentId, viewId: string): string {
  return `${environmentId}/${viewId}`;
}

export function newOpenView(environmentId: EnvironmentId, state: ViewState): OpenView {
  return {
    key: viewKey(environmentId, state.viewId),
    environmentId,
    state,
    stage: "open",
    stageAtMs: 0,
    queuedSecond: null,
    dirty: true,
    timeline: null,
    look: null,
    beats: new Map(),
    beatsLook: null,
    beatenMs: 0,
    savedIn: null,
    savedAt: 0,
  };
}
