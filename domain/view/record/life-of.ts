import { countSequences } from "../sequence-set.ts";
import { serverTime } from "../server-time.ts";
import { totalMs } from "../span.ts";
import type { Timeline } from "../timeline.ts";
import type { ViewRecord } from "../view-record.ts";
import { numberField, type ViewState } from "../view-state.ts";
import type { RecordParts } from "./record-source.ts";

/** Milliseconds, whole. */
export function watchMsOf({ watching }: Timeline, untilMs: number): number {
  return Math.round(totalMs(watching, untilMs));
}

/** Play was wanted, no frame came, and no fatal error of any kind: the viewer left, however soon. */
export function isExitBeforeStart(view: ViewState, { intentAtMs, firstFrameAtMs }: Timeline): boolean {
  return intentAtMs !== null && firstFrameAtMs === null && !view.errors.some(({ fatal }) => fatal);
}

/** Beginning, end and standing of a view. */
export function lifeOf({ view, timeline, device, dropped, untilMs }: RecordParts) {
  const { intentAtMs, endedAtMs } = timeline;
  const viewStartMs = intentAtMs === null ? view.firstSeenMs : serverTime(view, intentAtMs);
  return {
    counted: intentAtMs !== null || view.errors.some(({ fatal }) => fatal),
    viewStartMs,
    viewEndMs: Math.max(serverTime(view, untilMs), viewStartMs),
    lastSeenMs: view.lastSeenMs,
    ended: endedAtMs !== null,
    dropped,
    eventCount: countSequences(view.sequences),
    clampedTimeCount: view.clampedTimes,
    sampleRate: sampleRate(view),
    bot: device.bot,
    exitBeforeVideoStart: isExitBeforeStart(view, timeline),
  } satisfies Partial<ViewRecord>;
}

/** One in a million; nobody samples less, and each view would stand for more. */
const LEAST_SAMPLE_RATE = 1e-6;

/** 1 where the client tells no share, or one that cannot be. */
function sampleRate(view: ViewState): number {
  const rate = numberField(view, "mux_sample_rate") ?? 1;
  return rate >= LEAST_SAMPLE_RATE && rate <= 1 ? rate : 1;
}
