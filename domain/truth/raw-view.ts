import type { FieldValue } from "../wire/decode-events.ts";

/** One event as it came, long names; a repeat is a second one with the same number. */
export interface RawEvent {
  name: string;
  sequence: number;
  /** All that the event carried, `viewer_time` included. */
  fields: Readonly<Record<string, FieldValue>>;
  /** Objects that it carried, such as a response's headers; none where absent. */
  nested?: Readonly<Record<string, unknown>>;
  /** Log time, Unix milliseconds. */
  arrivedAtMs: number;
  /** Client clock when its request was sent; null when the client does not tell. */
  transmittedAtMs: number | null;
  /** Whether it came after its view was final, where the store says so; of what stands in the log the silence before tells. */
  late?: boolean;
  /** What the environment said of an error's code when it came; it counts before what the player says. */
  category?: { severity: "fatal" | "warning"; type: "playback_failure" | "business_exception" } | undefined;
}

/** All that ever came of one view, in any order. */
export interface RawView {
  viewId: string;
  events: readonly RawEvent[];
  /** What the user agent of its first event tells. */
  bot: boolean;
}
