import { type AdCourse, createAdCourse, inAdBreak, isAdShown, stepAds } from "./ad-course.ts";
import { closeSpan, openSpan, type Span } from "./span.ts";
import type { ErrorEntry, Transition, ViewState } from "./view-state.ts";

/** What a view's changes of state say about its course, on the client clock. */
export interface Timeline {
  /** First wish to play; null when the player was only loaded. */
  intentAtMs: number | null;
  /** First frame of content (or of a pre-roll); null when none was shown. */
  firstFrameAtMs: number | null;
  /**
   * The wish to play came before the first frame. Without it nobody knows how long it took (docs/inputs.md); after a change
   * of program in a running player nobody waited at all.
   */
  startTold: boolean;
  /** First frame of content; null when none was shown. */
  contentFrameAtMs: number | null;
  /**
   * The player tries to play: start-up, playing, stalls and seeks, but not pauses (data-wire.md §6, watch time). Of a pause
   * only the waits of seeks in it.
   */
  watching: readonly Span[];
  /** After the first frame, outside of seeks and ad breaks. */
  rebuffering: readonly Span[];
  /** Since play was first wanted: a player that seeks for itself before makes nobody wait. */
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
  /** Play is not wanted at the moment. */
  paused: boolean;
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
    ads: createAdCourse(),
    failure: null,
    failureSequence: null,
    failedInAdBreak: false,
    endedAtMs: null,
    paused: true,
    contentRuns: false,
  };
  for (const transition of view.transitions) step(course, transition);
  const { failureSequence } = course;
  if (failureSequence !== null) {
    course.failure = view.errors.find((entry) => entry.sequence === failureSequence) ?? null;
  }
  if (view.programChanged) course.startTold = false;
  return course;
}

function step(course: Course, transition: Transition): void {
  const { kind, viewerTimeMs: atMs } = transition;
  if (kind === "viewstart" || kind === "play") want(course, atMs);
  else if (kind === "playing") play(course, transition);
  else if (kind === "rebufferstart") stall(course, atMs);
  else if (kind === "rebufferend") closeSpan(course.rebuffering, atMs);
  else if (kind === "seeking") seek(course, atMs);
  else if (kind === "seeked") endSeek(course, atMs);
  else if (kind === "pause") pause(course, atMs);
  else if (kind === "ended") end(course, transition);
  else if (kind === "devicesleep") stop(course, atMs);
  else if (kind === "devicewake") wake(course, atMs);
  else if (kind === "error" || kind === "viewend") finish(course, transition);
  else if (kind.startsWith("ad")) stepAdEvent(course, transition);
}

function want(course: Course, atMs: number): void {
  course.intentAtMs ??= atMs;
  course.paused = false;
  openSpan(course.watching, atMs);
}

/** Sleep is only told of a player that plays. */
function wake(course: Course, atMs: number): void {
  course.paused = false;
  openSpan(course.watching, atMs);
}

function showFrame(course: Course, atMs: number): void {
  if (course.firstFrameAtMs === null) course.startTold = course.intentAtMs !== null;
  course.firstFrameAtMs ??= atMs;
  want(course, atMs); // opens nothing unless the event that began it was lost
  closeSpan(course.seeking, atMs);
  course.failureSequence = null; // it plays again: the error was not the end
}

function play(course: Course, transition: Transition): void {
  showFrame(course, transition.viewerTimeMs);
  stepAds(course.ads, transition);
  course.contentRuns = true;
  if (!isAdShown(course.ads)) course.contentFrameAtMs ??= transition.viewerTimeMs;
}

/**
 * Never before the first frame, in a seek or in an ad break; and nobody waits for a player that is paused. Its beginning is
 * back-dated by the client.
 */
function stall(course: Course, atMs: number): void {
  const watching = course.watching[course.watching.length - 1];
  if (course.firstFrameAtMs === null || watching === undefined || watching.endMs !== null) return;
  if (isOpen(course.seeking) || inAdBreak(course.ads)) return;
  openSpan(course.rebuffering, Math.max(atMs, watching.startMs));
}

/** Overlapping seeks close the earlier one first. One in a pause is waited for like any other. */
function seek(course: Course, atMs: number): void {
  if (course.intentAtMs === null) return;
  closeSpan(course.seeking, atMs);
  closeSpan(course.rebuffering, atMs);
  openSpan(course.seeking, atMs);
  openSpan(course.watching, atMs);
}

function endSeek(course: Course, atMs: number): void {
  if (!isOpen(course.seeking)) return;
  closeSpan(course.seeking, atMs);
  if (course.paused) closeSpan(course.watching, atMs);
}

/** A seek under way goes on. While an ad is being loaded the pause is the content's, made for the ad: somebody waits. */
function pause(course: Course, atMs: number): void {
  course.contentRuns = false;
  if (inAdBreak(course.ads) && !isAdShown(course.ads)) return;
  course.paused = true;
  closeSpan(course.rebuffering, atMs);
  if (!isOpen(course.seeking)) closeSpan(course.watching, atMs);
}

/** The client stops its watch clock at pause, ended, error, sleep and viewend. Stalls and seeks end with it. */
function stop(course: Course, atMs: number): void {
  course.paused = true;
  course.contentRuns = false;
  closeSpan(course.rebuffering, atMs);
  closeSpan(course.seeking, atMs);
  closeSpan(course.watching, atMs);
}

/** `ended` is preceded by `pause` a few milliseconds before, and the client's clock runs until `ended`. */
function end(course: Course, transition: Transition): void {
  const { viewerTimeMs: atMs } = transition;
  stop(course, atMs);
  stepAds(course.ads, transition);
  const last = course.watching[course.watching.length - 1];
  if (last !== undefined && last.endMs !== null && atMs - last.endMs < ENDED_AFTER_PAUSE_MS) {
    last.endMs = Math.max(last.endMs, atMs);
  }
}

/** `ended` follows its own `pause` within a task or two (4–6 ms in the recordings). */
const ENDED_AFTER_PAUSE_MS = 50;

function finish(course: Course, transition: Transition): void {
  const { kind, viewerTimeMs: atMs, sequence } = transition;
  stop(course, atMs);
  if (kind === "error") {
    course.failureSequence = sequence;
    course.failedInAdBreak = inAdBreak(course.ads);
    return;
  }
  stepAds(course.ads, transition);
  course.endedAtMs = atMs;
}

function stepAdEvent(course: Course, transition: Transition): void {
  const { kind, viewerTimeMs: atMs } = transition;
  stepAds(course.ads, transition);
  if (kind === "adplaying") showFrame(course, atMs);
  else if (kind === "adbreakstart" || kind === "adplay") {
    closeSpan(course.rebuffering, atMs);
    want(course, atMs);
  } else if (kind === "adpause") pause(course, atMs);
  else if (kind === "adbreakend") {
    if (course.contentRuns) course.contentFrameAtMs ??= atMs;
    if (course.ads.contentEnded) stop(course, atMs); // a post-roll is over, and with it the view
  }
}

function isOpen(spans: readonly Span[]): boolean {
  return spans[spans.length - 1]?.endMs === null;
}
