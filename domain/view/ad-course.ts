import { closeSpan, type Span } from "./span.ts";
import type { Transition } from "./view-state.ts";

export type AdPosition = "preroll" | "midroll" | "postroll";

const POSITIONS: readonly string[] = ["preroll", "midroll", "postroll"] satisfies AdPosition[];

/** An ad that shows its first frame while no more than this of the content was played is a pre-roll (data-api.md §3). */
const PREROLL_PLAYHEAD_MS = 1_000;

export interface AdBreak extends Span {
  position: AdPosition;
  /** An ad error came in it. */
  failed: boolean;
  /** Nobody told its beginning: it is over with its ad. */
  implied: boolean;
}

/** One ad that the player tried to show. */
export interface Ad {
  position: AdPosition;
  /** When the player was told to play it. */
  attemptAtMs: number;
  /** First frame; null when there was none. */
  shownAtMs: number | null;
  failed: boolean;
  /** It ended, failed, or something else took its place; false for one that was under way when the view ended. */
  over: boolean;
}

/** When the pictures of ads moved. */
export interface ShownAd extends Span {
  position: AdPosition;
}

/** What a view's ad events tell. Times are on the client clock. */
export interface AdCourse {
  breaks: AdBreak[];
  ads: Ad[];
  shown: ShownAd[];
  requestCount: number;
  errorCount: number;
  clickedCount: number;
  skippedCount: number;
  /** Requests in pre-roll position before a pre-roll was shown. */
  prerollRequestCount: number;
  prerollShown: boolean;
  /** The first break in pre-roll position before one was shown, as told: its span begins later where a clock was set back. */
  prerollBreakAtMs: number | null;
  paused: boolean;
  /** As told last; "" when never. */
  type: string;
  contentShown: boolean;
  contentEnded: boolean;
}

export function createAdCourse(): AdCourse {
  return {
    breaks: [],
    ads: [],
    shown: [],
    requestCount: 0,
    errorCount: 0,
    clickedCount: 0,
    skippedCount: 0,
    prerollRequestCount: 0,
    prerollShown: false,
    prerollBreakAtMs: null,
    paused: false,
    type: "",
    contentShown: false,
    contentEnded: false,
  };
}

export function inAdBreak({ breaks }: AdCourse): boolean {
  return breaks[breaks.length - 1]?.endMs === null;
}

/** An ad has shown its first frame and is not over; it may be paused. */
export function isAdShown(course: AdCourse): boolean {
  const ad = openAd(course);
  return ad !== null && ad.shownAtMs !== null;
}

/** Takes one ad event, or one of the content's events that bear on ads, in sequence order. */
export function stepAds(course: AdCourse, transition: Transition): void {
  const { kind, viewerTimeMs: atMs } = transition;
  if (kind === "playing") contentPlays(course, atMs);
  else if (kind === "ended") course.contentEnded = true;
  else if (kind === "viewend") leave(course, atMs);
  else if (kind.startsWith("ad")) stepAd(course, transition);
}

function stepAd(course: AdCourse, { kind, viewerTimeMs: atMs, playheadMs, detail }: Transition): void {
  if (detail !== undefined) course.type = detail;
  if (kind === "adbreakstart") beginBreak(course, atMs, playheadMs, false);
  else if (kind === "adbreakend") endBreak(course, atMs);
  else if (kind === "adrequest") request(course, playheadMs);
  else if (kind === "adplay") attempt(course, atMs, playheadMs);
  else if (kind === "adplaying") show(course, atMs, playheadMs);
  else if (kind === "adpause") pause(course, atMs);
  else if (kind === "adended") endAd(course, atMs);
  else if (kind === "aderror") fail(course, atMs, playheadMs);
  else if (kind === "adclicked") course.clickedCount += 1;
  else if (kind === "adskipped") {
    course.skippedCount += 1;
    endAd(course, atMs);
  }
}

/** Content that plays ends a break whose end was not told; under an ad that is shown it is the stream that carries both. */
function contentPlays(course: AdCourse, atMs: number): void {
  course.contentEnded = false;
  if (isAdShown(course)) return;
  course.contentShown = true;
  endBreak(course, atMs);
}

function beginBreak(course: AdCourse, atMs: number, playheadMs: number, implied: boolean): void {
  endBreak(course, atMs);
  const startMs = Math.max(atMs, course.breaks[course.breaks.length - 1]?.endMs ?? atMs);
  const position = positionByPlayhead(course, playheadMs);
  if (position === "preroll" && !course.prerollShown) course.prerollBreakAtMs ??= atMs;
  course.breaks.push({ startMs, endMs: null, position, failed: false, implied });
}

function endBreak(course: AdCourse, atMs: number): void {
  endAd(course, atMs);
  closeSpan(course.breaks, atMs);
}

function request(course: AdCourse, playheadMs: number): void {
  course.requestCount += 1;
  if (!course.prerollShown && positionOf(course, playheadMs) === "preroll") course.prerollRequestCount += 1;
}

/** `adplay` begins an ad; after a pause it goes on with the same one. */
function attempt(course: AdCourse, atMs: number, playheadMs: number): void {
  if (openAd(course) !== null && course.paused) return;
  beginAd(course, atMs, playheadMs);
}

function beginAd(course: AdCourse, atMs: number, playheadMs: number): Ad {
  if (inAdBreak(course)) endAd(course, atMs);
  if (!inAdBreak(course)) beginBreak(course, atMs, playheadMs, true);
  const position = positionOf(course, playheadMs);
  const ad = { position, attemptAtMs: atMs, shownAtMs: null, failed: false, over: false };
  course.ads.push(ad);
  course.paused = false;
  return ad;
}

/** Later ads of one break come without an `adplay` of their own. */
function show(course: AdCourse, atMs: number, playheadMs: number): void {
  const ad = openAd(course) ?? beginAd(course, atMs, playheadMs);
  ad.shownAtMs ??= atMs;
  course.paused = false;
  if (ad.position === "preroll") course.prerollShown = true;
  const last = course.shown[course.shown.length - 1];
  if (last !== undefined && last.endMs === null) return;
  course.shown.push({ startMs: Math.max(atMs, last?.endMs ?? atMs), endMs: null, position: ad.position });
}

function pause(course: AdCourse, atMs: number): void {
  course.paused = true;
  closeSpan(course.shown, atMs);
}

function endAd(course: AdCourse, atMs: number): void {
  const ad = openAd(course);
  if (ad === null) return;
  ad.over = true;
  course.paused = false;
  closeSpan(course.shown, atMs);
  if (course.breaks[course.breaks.length - 1]?.implied === true) closeSpan(course.breaks, atMs);
}

/** An error while no ad is under way is one more attempt, which failed before it began. */
function fail(course: AdCourse, atMs: number, playheadMs: number): void {
  course.errorCount += 1;
  const current = course.breaks[course.breaks.length - 1];
  if (current !== undefined && current.endMs === null) current.failed = true;
  const ad = openAd(course);
  if (ad === null) {
    const position = positionOf(course, playheadMs);
    course.ads.push({ position, attemptAtMs: atMs, shownAtMs: null, failed: true, over: true });
    return;
  }
  ad.failed = true;
  endAd(course, atMs);
}

/** The view is over: what is under way was left. */
function leave(course: AdCourse, atMs: number): void {
  closeSpan(course.shown, atMs);
  closeSpan(course.breaks, atMs);
}

function openAd({ ads }: AdCourse): Ad | null {
  const last = ads[ads.length - 1];
  return last === undefined || last.over ? null : last;
}

/** As the integration calls it, else where the content stands; all of a break have the place of its beginning. */
function positionOf(course: AdCourse, playheadMs: number): AdPosition {
  if (isPosition(course.type)) return course.type;
  const current = course.breaks[course.breaks.length - 1];
  return current !== undefined && current.endMs === null ? current.position : positionByPlayhead(course, playheadMs);
}

function positionByPlayhead(course: AdCourse, playheadMs: number): AdPosition {
  if (course.contentEnded) return "postroll";
  return !course.contentShown || playheadMs <= PREROLL_PLAYHEAD_MS ? "preroll" : "midroll";
}

function isPosition(type: string): type is AdPosition {
  return POSITIONS.includes(type);
}
