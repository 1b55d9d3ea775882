import type { Cdn, Rendition, Title } from "./catalogue.ts";
import type { Dimensions } from "./options.ts";
import { type Interval, overlapMs, type ViewPhase, type ViewTruth } from "./view-truth.ts";

/** One view while it goes on: the truth that the SDK then reports. True time, Unix milliseconds. */
export interface Course {
  viewId: string;
  title: Title;
  cdn: Cdn;
  dimensions: Dimensions;
  phase: ViewPhase;
  loadedAtMs: number;
  intentAtMs: number | null;
  firstFrameAtMs: number | null;
  failure: ViewTruth["failure"];
  endedAtMs: number | null;
  watching: Interval[];
  rebuffering: Interval[];
  seeking: Interval[];
  rendition: Rendition;
  /** How far behind the camera a live view is; null where it is not live, or nobody tells. */
  liveDelayMs: number | null;
  /** The events so far tell the CDN. */
  cdnTold: boolean;
  /** Media position and content played up to `anchorMs`; both move on from there while playing. */
  anchorMs: number;
  playheadMs: number;
  contentMs: number;
  maxPlayheadMs: number;
  /** Media ranges played, [startMs, endMs]. */
  ranges: [startMs: number, endMs: number][];
  /** Stalled time that the SDK took for playing, until it noticed (data-wire.md §6). */
  unnoticedMs: number;
  emitted: number;
  sent: Set<number>;
  acknowledged: Set<number>;
}

export function createCourse(
  start: Pick<Course, "viewId" | "title" | "cdn" | "dimensions" | "loadedAtMs" | "rendition">,
): Course {
  return {
    ...start,
    phase: "loaded",
    intentAtMs: null,
    firstFrameAtMs: null,
    failure: null,
    endedAtMs: null,
    watching: [],
    rebuffering: [],
    seeking: [],
    anchorMs: start.loadedAtMs,
    playheadMs: 0,
    contentMs: 0,
    maxPlayheadMs: 0,
    ranges: [],
    unnoticedMs: 0,
    liveDelayMs: null,
    cdnTold: false,
    emitted: 0,
    sent: new Set(),
    acknowledged: new Set(),
  };
}

/** Brings position and content up to `atMs`. */
export function moveTo(course: Course, atMs: number): void {
  if (course.phase === "playing") {
    const playedMs = atMs - course.anchorMs;
    course.playheadMs += playedMs;
    course.contentMs += playedMs;
    course.maxPlayheadMs = Math.max(course.maxPlayheadMs, course.playheadMs);
    const range = course.ranges[course.ranges.length - 1];
    if (range !== undefined) range[1] = course.playheadMs;
  }
  course.anchorMs = atMs;
}

/** The only way a phase changes: keeps the intervals true to it. */
export function enterPhase(course: Course, phase: ViewPhase, atMs: number): void {
  moveTo(course, atMs);
  if (course.phase === "stalled") close(course.rebuffering, atMs);
  if (course.phase === "seeking") close(course.seeking, atMs);
  course.phase = phase;
  if (isWatching(phase)) open(course.watching, atMs);
  else close(course.watching, atMs);
  if (phase === "starting") course.intentAtMs ??= atMs;
  if (phase === "seeking") open(course.seeking, atMs);
  if (phase === "playing") beginPlaying(course, atMs);
}

/** Start-up, playing, ads, stalls and seeks. */
export function isWatching(phase: ViewPhase): boolean {
  return ["starting", "playing", "ads", "stalled", "seeking"].includes(phase);
}

function beginPlaying(course: Course, atMs: number): void {
  course.firstFrameAtMs ??= atMs;
  const range = course.ranges[course.ranges.length - 1];
  if (range === undefined || range[1] !== course.playheadMs) course.ranges.push([course.playheadMs, course.playheadMs]);
}

/** The SDK notices a freeze after a second and dates it back: shorter ones are no rebuffering. */
export function noticeStall(course: Course, frozenAtMs: number, atMs: number): void {
  moveTo(course, atMs);
  course.unnoticedMs += atMs - frozenAtMs;
  course.rebuffering.push({ startMs: frozenAtMs, endMs: null });
}

export function jumpTo(course: Course, playheadMs: number): void {
  course.playheadMs = playheadMs;
  course.maxPlayheadMs = Math.max(course.maxPlayheadMs, playheadMs);
}

function open(spans: Interval[], atMs: number): void {
  const last = spans[spans.length - 1];
  if (last === undefined || last.endMs !== null) spans.push({ startMs: atMs, endMs: null });
}

function close(spans: Interval[], atMs: number): void {
  const last = spans[spans.length - 1];
  if (last !== undefined && last.endMs === null) last.endMs = atMs;
}

/** Length of all intervals; a lasting one counts until `atMs`. */
export function lengthMs(spans: readonly Interval[], atMs: number): number {
  return overlapMs(spans, 0, atMs);
}

/** Longest finished one, in milliseconds; 0 without any. */
export function longestMs(spans: readonly Interval[]): number {
  return spans.reduce((max, { startMs, endMs }) => Math.max(max, (endMs ?? startMs) - startMs), 0);
}

/** What happened up to `nowMs`, as a copy. */
export function truthOf(course: Course, viewerIndex: number, environmentKey: string, nowMs: number): ViewTruth {
  const { intentAtMs, firstFrameAtMs } = course;
  moveTo(course, Math.max(course.anchorMs, nowMs));
  return {
    viewerIndex,
    viewId: course.viewId,
    environmentKey,
    videoId: course.title.videoId,
    dimensions: course.dimensions,
    cdnTold: course.cdnTold,
    phase: course.phase,
    loadedAtMs: course.loadedAtMs,
    intentAtMs,
    firstFrameAtMs,
    startupMs: intentAtMs === null || firstFrameAtMs === null ? null : firstFrameAtMs - intentAtMs,
    failure: course.failure === null ? null : { ...course.failure },
    endedAtMs: course.endedAtMs,
    watching: copy(course.watching),
    rebuffering: copy(course.rebuffering),
    seeking: copy(course.seeking),
    watchMs: lengthMs(course.watching, nowMs),
    rebufferCount: course.rebuffering.length,
    rebufferMs: lengthMs(course.rebuffering, nowMs),
    seekCount: course.seeking.length,
    seekMs: lengthMs(course.seeking, nowMs),
    maxPlayheadMs: course.maxPlayheadMs,
    emitted: course.emitted,
    sent: ascending(course.sent),
    acknowledged: ascending(course.acknowledged),
  };
}

function copy(spans: readonly Interval[]): Interval[] {
  return spans.map((span) => ({ ...span }));
}

function ascending(numbers: ReadonlySet<number>): number[] {
  return [...numbers].sort((one, other) => one - other);
}
