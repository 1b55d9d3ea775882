import { overlapMs, totalMs } from "./span.ts";
import type { Timeline } from "./timeline.ts";

/** Somebody who left sooner without having seen a frame changed their mind: it says nothing of the playback. */
export const EXIT_MIN_WAIT_MS = 1_000;

/** Watch time at the first frame, as the client measures `view_time_to_first_frame` (data-wire.md §6). */
export function startupMsOf({ intentAtMs, firstFrameAtMs, startTold, watching }: Timeline): number | null {
  if (intentAtMs === null || firstFrameAtMs === null || !startTold) return null;
  return overlapMs(watching, intentAtMs, firstFrameAtMs);
}

/** Whether somebody who was gone at `untilMs` had waited, and neither seen a frame nor met an error. */
export function isExit({ failure, firstFrameAtMs, watching }: Timeline, untilMs: number): boolean {
  return failure === null && firstFrameAtMs === null && totalMs(watching, untilMs) >= EXIT_MIN_WAIT_MS;
}
