import type { Playing } from "../playing.ts";
import type { Timeline } from "../timeline.ts";
import type { ViewState } from "../view-state.ts";
import type { DeviceFacts } from "../viewer-facts.ts";

/** What a record is made of. */
export interface RecordSource {
  view: ViewState;
  /** Of that state. */
  timeline: Timeline;
  /** Of the user agent, overruled by what the client says itself (`viewerDevice`). */
  device: DeviceFacts;
  /** The view is final, and nobody told its end. */
  dropped: boolean;
}

/** The same with what several parts need. */
export interface RecordParts extends RecordSource {
  playing: Playing;
  /** Newest moment that the view tells of, client clock. */
  untilMs: number;
}
