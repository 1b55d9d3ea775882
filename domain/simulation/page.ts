import type { Agenda } from "./agenda.ts";
import type { Dice } from "./behaviour.ts";
import { type Course, isWatching, lengthMs, longestMs, moveTo } from "./course.ts";
import type { Outbox } from "./outbox.ts";
import { type Report, setFields, writeEvent } from "./report.ts";

/** What the SDK adds up about requests; never reset by a video change (data-wire.md §6). */
export interface RequestSums {
  count: number;
  failed: number;
  bytes: number;
  durationMs: number;
  latencyMs: number;
  maxLatencyMs: number;
  minThroughput: number;
}

/** An open page with its one player: the part of a viewer that is gone when the tab is closed. */
export interface Page {
  report: Report;
  outbox: Outbox;
  course: Course;
  requests: RequestSums;
  /** Views of this player instance so far. */
  viewCount: number;
  /** Content position up to which scaling has been added up. */
  scaledContentMs: number;
}

/** One viewer as its steps see it. */
export interface Watcher {
  dice: Dice;
  agenda: Agenda;
  page: Page;
  /** Sends what is queued, as the SDK's flush does. */
  flush(atMs: number): void;
  /** Sees that a tick comes while something is queued. */
  armTick(atMs: number): void;
  /** The view is over: on to the next video in the same player, or away from the page. */
  finish(how: "next" | "leave", atMs: number): void;
}

const HEARTBEAT_MS = 10_000;
const SESSION_MS = 25 * 60_000;
/** After these the SDK does not wait for its tick (data-wire.md §2.5). */
const FLUSHES: ReadonlySet<string> = new Set(["viewstart", "ended", "viewend", "error"]);
/** At these the SDK brings scaling and total content time up to date (data-wire.md §6). */
const CHECKPOINTS: ReadonlySet<string> = new Set(
  "pause rebufferstart seeking error hb renditionchange viewend playbackmodechange".split(" "),
);

/** Client clock at a true time. */
export function clientTime({ dice }: Watcher, atMs: number): number {
  return atMs + dice.person.clockSkewMs;
}

/**
 * The SDK emits an event: counters brought up to date, written, queued, and sent at once if it is one of those.
 *
 * @param happenedAtMs true time of what it tells of, where that is not the time of telling (`rebufferstart`)
 */
export function emit(watcher: Watcher, name: string, atMs: number, happenedAtMs = atMs): void {
  const { page } = watcher;
  const { course, report, outbox } = page;
  moveTo(course, atMs);
  setFields(report, {
    viewer_time: clientTime(watcher, happenedAtMs),
    session_expires: clientTime(watcher, atMs) + SESSION_MS,
  });
  reportCounters(report, course, atMs);
  if (course.liveDelayMs !== null && course.phase === "playing") {
    setFields(report, { player_program_time: Math.round(atMs - course.liveDelayMs) }); // the encoder's clock, not this one
  }
  if (CHECKPOINTS.has(name) && course.intentAtMs !== null) reportScaling(page);

  course.emitted += 1;
  outbox.queue.push({ course, sequence: course.emitted, json: JSON.stringify(writeEvent(report, name)) });
  if (!name.startsWith("request")) armHeartbeat(watcher, atMs);
  if (FLUSHES.has(name)) watcher.flush(atMs);
  else watcher.armTick(atMs);
}

/** 10 s after the last event other than a request, while the player is not paused. */
function armHeartbeat(watcher: Watcher, atMs: number): void {
  if (!isWatching(watcher.page.course.phase)) watcher.agenda.clear("heartbeat");
  else watcher.agenda.set("heartbeat", atMs + HEARTBEAT_MS, (dueMs) => emit(watcher, "hb", dueMs));
}

function reportCounters(report: Report, course: Course, atMs: number): void {
  setFields(report, {
    player_playhead_time: Math.round(course.playheadMs),
    player_is_paused: course.phase === "loaded" || course.phase === "paused" || course.phase === "ended",
    view_max_playhead_position: Math.round(course.maxPlayheadMs),
    view_playing_time_ms_cumulative: Math.round(course.contentMs + course.unnoticedMs),
  });
  if (course.intentAtMs === null) return;

  const watchMs = lengthMs(course.watching, atMs);
  setFields(report, { view_watch_time: watchMs, video_playback_range: JSON.stringify(course.ranges.map(rangeText)) });
  if (course.contentMs > 0) setFields(report, { view_content_playback_time: Math.round(course.contentMs) });
  if (course.rebuffering.length > 0) reportRebuffering(report, course, watchMs, atMs);
  if (course.seeking.length > 0) reportSeeking(report, course);
}

function rangeText([fromMs, toMs]: readonly [number, number]): string {
  return `${Math.round(fromMs)}:${Math.round(toMs)}`;
}

function reportRebuffering(report: Report, course: Course, watchMs: number, atMs: number): void {
  const count = course.rebuffering.length;
  const durationMs = lengthMs(course.rebuffering, atMs);
  setFields(report, {
    view_rebuffer_count: count,
    view_rebuffer_duration: durationMs,
    view_rebuffer_frequency: watchMs > 0 ? count / watchMs : undefined,
    view_rebuffer_percentage: watchMs > 0 ? durationMs / watchMs : undefined,
  });
}

function reportSeeking(report: Report, course: Course): void {
  const finished = course.seeking.filter(({ endMs }) => endMs !== null);
  setFields(report, { view_seek_count: course.seeking.length });
  if (finished.length === 0) return;
  setFields(report, {
    view_seek_duration: lengthMs(finished, course.anchorMs),
    view_max_seek_time: longestMs(finished),
  });
}

/** Sums of max(0, s−1) and max(0, 1−s) over played time, s = player size / picture size. */
function reportScaling(page: Page): void {
  const { report, course } = page;
  const value = (name: string): number => Number(report.state.get(name) ?? 0);
  const scale = Math.min(
    value("player_width") / course.rendition.widthPx,
    value("player_height") / course.rendition.heightPx,
  );
  const spanMs = course.contentMs - page.scaledContentMs;
  page.scaledContentMs = course.contentMs;
  const up = spanMs > 0 ? Math.max(0, scale - 1) : 0;
  const down = spanMs > 0 ? Math.max(0, 1 - scale) : 0;
  setFields(report, {
    view_total_content_playback_time: Math.round(course.contentMs),
    view_total_upscaling: value("view_total_upscaling") + up * spanMs,
    view_total_downscaling: value("view_total_downscaling") + down * spanMs,
    view_max_upscale_percentage: Math.max(value("view_max_upscale_percentage"), up),
    view_max_downscale_percentage: Math.max(value("view_max_downscale_percentage"), down),
  });
}
