import type { ErrorEntry, Transition, ViewState } from "./view-state.ts";

/** [startMs, endMs) on the client clock; `endMs` is null while it lasts. */
export interface Span {
  startMs: number;
  endMs: number | null;
}

/** What a view's changes of state say about its course, on the client clock. */
export interface Timeline {
  /** First wish to play; null when the player was only loaded. */
  intentAtMs: number | null;
  /** First frame of content (or of a pre-roll); null when none was shown. */
  firstFrameAtMs: number | null;
  /** The wish to play came before the first frame. Without it nobody knows how long it took (docs/inputs.md). */
  startTold: boolean;
  /** The player tries to play: start-up, playing, stalls and seeks, but not pauses (data-wire.md §6, watch time). */
  watching: readonly Span[];
  rebuffering: readonly Span[];
  seeking: readonly Span[];
  /** The error that ended playback, when nothing played after it. */
  failure: ErrorEntry | null;
  /** `viewend`; null while no end was told. */
  endedAtMs: number | null;
}

interface Course {
  watching: Span[];
  rebuffering: Span[];
  seeking: Span[];
  intentAtMs: number | null;
  firstFrameAtMs: number | null;
  startTold: boolean;
  endedAtMs: number | null;
  failureSequence: number | null;
}

/** Walks the transitions in sequence order. Costs one pass: callers keep the answer until the view changes. */
export function traceView(view: ViewState): Timeline {
  const course: Course = {
    watching: [],
    rebuffering: [],
    seeking: [],
    intentAtMs: null,
    firstFrameAtMs: null,
    startTold: false,
    endedAtMs: null,
    failureSequence: null,
  };
  for (const transition of view.transitions) step(course, transition);
  const { failureSequence, ...timeline } = course;
  const failure = view.errors.find((entry) => entry.sequence === failureSequence) ?? null;
  return { ...timeline, failure };
}

function step(course: Course, { kind, viewerTimeMs: atMs, sequence }: Transition): void {
  if (kind === "viewstart" || kind === "play" || kind === "adbreakstart") {
    course.intentAtMs ??= atMs;
    open(course.watching, atMs);
  } else if (kind === "playing" || kind === "adplaying") {
    if (course.firstFrameAtMs === null) course.startTold = course.intentAtMs !== null;
    course.intentAtMs ??= atMs;
    course.firstFrameAtMs ??= atMs;
    open(course.watching, atMs); // nothing to open unless the event that began it was lost
    course.failureSequence = null; // it plays again: the error was not the end
  } else if (kind === "rebufferstart") stall(course, atMs);
  else if (kind === "rebufferend") close(course.rebuffering, atMs);
  else if (kind === "seeking") open(course.seeking, atMs);
  else if (kind === "seeked") close(course.seeking, atMs);
  else if (kind === "pause" || kind === "ended" || kind === "devicesleep") stopWatching(course, kind, atMs);
  else if (kind === "devicewake") open(course.watching, atMs);
  else if (kind === "error") {
    stopWatching(course, kind, atMs);
    course.failureSequence = sequence;
  } else if (kind === "viewend") {
    stopWatching(course, kind, atMs);
    close(course.seeking, atMs);
    course.endedAtMs = atMs;
  }
}

/**
 * The client stops its watch clock at pause, ended, error, sleep and viewend. A stall ends with it; `ended` is preceded
 * by `pause` a few milliseconds before, and the client's clock runs until `ended`.
 */
function stopWatching(course: Course, kind: Transition["kind"], atMs: number): void {
  close(course.watching, atMs);
  close(course.rebuffering, atMs);
  const last = course.watching[course.watching.length - 1];
  if (kind === "ended" && last !== undefined && last.endMs !== null && atMs - last.endMs < ENDED_AFTER_PAUSE_MS) {
    last.endMs = Math.max(last.endMs, atMs);
  }
}

/** `ended` follows its own `pause` within a task or two (4–6 ms in the recordings). */
const ENDED_AFTER_PAUSE_MS = 50;

/** A stall is part of watching: nobody waits for a player that is paused. Its beginning is back-dated by the client. */
function stall(course: Course, atMs: number): void {
  const watching = course.watching[course.watching.length - 1];
  if (watching !== undefined && watching.endMs === null) open(course.rebuffering, Math.max(atMs, watching.startMs));
}

function open(spans: Span[], atMs: number): void {
  const last = spans[spans.length - 1];
  if (last !== undefined && last.endMs === null) return;
  spans.push({ startMs: last === undefined ? atMs : Math.max(atMs, last.endMs ?? atMs), endMs: null });
}

function close(spans: Span[], atMs: number): void {
  const last = spans[spans.length - 1];
  if (last !== undefined && last.endMs === null) last.endMs = Math.max(atMs, last.startMs);
}

/** Length of the part of the spans that lies in [fromMs, toMs); a lasting span is taken to go on. */
export function overlapMs(spans: readonly Span[], fromMs: number, toMs: number): number {
  let total = 0;
  for (let at = spans.length - 1; at >= 0; at -= 1) {
    const { startMs, endMs } = spans[at] as Span;
    if (endMs !== null && endMs <= fromMs) break; // spans are in order: all earlier ones lie before
    total += Math.max(0, Math.min(endMs ?? toMs, toMs) - Math.max(startMs, fromMs));
  }
  return total;
}

/** Length of all spans; a lasting one counts until `untilMs`. */
export function totalMs(spans: readonly Span[], untilMs: number): number {
  return spans.reduce((sum, { startMs, endMs }) => sum + Math.max(0, (endMs ?? untilMs) - startMs), 0);
}

/** The span that holds `atMs`, if any. */
export function spanAt(spans: readonly Span[], atMs: number): Span | null {
  for (let at = spans.length - 1; at >= 0; at -= 1) {
    const span = spans[at] as Span;
    if (span.startMs <= atMs) return span.endMs === null || span.endMs > atMs ? span : null;
  }
  return null;
}
