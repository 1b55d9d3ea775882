import { type AdCourse, createAdCourse, inAdBreak, isAdShown, stepAds } from "./ad-course.ts";
import { closeSpan, openSpan, type Span } from "./span.ts";
import type { ErrorEntry, Transition, ViewState } from "./view-state.ts";

/** What a view's changes of state say about its course, on the client clock. */
export interface Timeline {
  /** First wish to play; null when the player was only loaded. */
  intentAtMs: number | null;
  /** First frame of content (or of a pre-roll); null when none was shown. */
  firstFrameAtMs: number | null;
  /** The wish to play came before the first frame. Without it nobody knows how long it took (docs/inputs.md). */
  startTold: boolean;
  /** First frame of content; null when none was shown. */
  contentFrameAtMs: number | null;
  /** The player tries to play: start-up, playing, stalls and seeks, but not pauses (data-wire.md §6, watch time). */
  watching: readonly Span[];
  rebuffering: readonly Span[];
  seeking: readonly Span[];
  /** The error that ended playback, when nothing played after it. */
  failure: ErrorEntry | null;
  /** That error came in an ad break. */
  failedInAdBreak: boolean;
  ads: AdCourse;
  /** `viewend`; null while no end was told. */
  endedAtMs: number | null;
}

/** A timeline while it is walked. */
interface Course extends Timeline {
  watching: Span[];
  rebuffering: Span[];
  seeking: Span[];
  /** The content's own element moves, under an ad too where one stream carries both. */
  contentRuns: boolean;
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
    contentFrameAtMs: null,
    contentRuns: false,
    ads: createAdCourse(),
    failure: null,
    failureSequence: null,
    failedInAdBreak: false,
    endedAtMs: null,
  };
  for (const transition of view.transitions) step(course, transition);
  const { failureSequence } = course;
  if (failureSequence !== null) {
    course.failure = view.errors.find((entry) => entry.sequence === failureSequence) ?? null;
  }
  return course;
}

function step(course: Course, transition: Transition): void {
  const { kind, viewerTimeMs: atMs } = transition;
  if (kind === "viewstart" || kind === "play") want(course, atMs);
  else if (kind === "playing") {
    showFrame(course, atMs);
    stepAds(course.ads, transition);
    course.contentRuns = true;
    if (!isAdShown(course.ads)) course.contentFrameAtMs ??= atMs;
  } else if (kind === "rebufferstart") stall(course, atMs);
  else if (kind === "rebufferend") closeSpan(course.rebuffering, atMs);
  else if (kind === "seeking") openSpan(course.seeking, atMs);
  else if (kind === "seeked") closeSpan(course.seeking, atMs);
  else if (kind === "devicewake") openSpan(course.watching, atMs);
  else if (kind === "pause" || kind === "ended" || kind === "devicesleep") halt(course, transition);
  else if (kind === "error" || kind === "viewend") finish(course, transition);
  else if (kind.startsWith("ad")) stepAdEvent(course, transition);
}

function want(course: Course, atMs: number): void {
  course.intentAtMs ??= atMs;
  openSpan(course.watching, atMs);
}

function showFrame(course: Course, atMs: number): void {
  if (course.firstFrameAtMs === null) course.startTold = course.intentAtMs !== null;
  course.firstFrameAtMs ??= atMs;
  want(course, atMs); // opens nothing unless the event that began it was lost
  closeSpan(course.seeking, atMs);
  course.failureSequence = null; // it plays again: the error was not the end
}

/** A pause while an ad is being loaded is the content's, made for the ad: somebody still waits. */
function halt(course: Course, transition: Transition): void {
  const { kind, viewerTimeMs: atMs } = transition;
  course.contentRuns = false;
  const forAnAd = kind === "pause" && inAdBreak(course.ads) && !isAdShown(course.ads);
  if (!forAnAd) stopWatching(course, kind, atMs);
  stepAds(course.ads, transition);
}

function finish(course: Course, transition: Transition): void {
  const { kind, viewerTimeMs: atMs, sequence } = transition;
  stopWatching(course, kind, atMs);
  course.contentRuns = false;
  if (kind === "error") {
    course.failureSequence = sequence;
    course.failedInAdBreak = inAdBreak(course.ads);
    return;
  }
  closeSpan(course.seeking, atMs);
  stepAds(course.ads, transition);
  course.endedAtMs = atMs;
}

function stepAdEvent(course: Course, transition: Transition): void {
  const { kind, viewerTimeMs: atMs } = transition;
  stepAds(course.ads, transition);
  if (kind === "adbreakstart" || kind === "adplay") want(course, atMs);
  else if (kind === "adplaying") showFrame(course, atMs);
  else if (kind === "adpause") stopWatching(course, kind, atMs);
  else if (kind === "adbreakend") {
    if (course.contentRuns) course.contentFrameAtMs ??= atMs;
    if (course.ads.contentEnded) stopWatching(course, kind, atMs); // a post-roll is over, and with it the view
  }
}

/**
 * The client stops its watch clock at pause, ended, error, sleep and viewend. A stall ends with it; `ended` is preceded
 * by `pause` a few milliseconds before, and the client's clock runs until `ended`.
 */
function stopWatching(course: Course, kind: Transition["kind"], atMs: number): void {
  closeSpan(course.watching, atMs);
  closeSpan(course.rebuffering, atMs);
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
  if (watching !== undefined && watching.endMs === null) openSpan(course.rebuffering, Math.max(atMs, watching.startMs));
}
