import type { ViewRecord } from "../view/view-record.ts";
import type { Metric } from "./metric.ts";

/** What the columns of durations hold at most: 49 days. */
const MAX_MS = 2 ** 32 - 1;
/** `live`, `ll-live`, `live:dvr`, and what else players call it. */
const LIVE = /live|dvr/i;
/** Whether a view was of something that has no length. */
export const IS_LIVE_SQL = "match(stream_type, '(?i)live|dvr')";

/** Share of the video's length that was played at least once. */
export const COMPLETION: Pick<Metric, "perView" | "perViewSql" | "average"> = {
  perView: completionOf,
  perViewSql: completionSql(),
  average: { kind: "mean" },
};

function completionOf(record: ViewRecord): number | null {
  const lengthMs = lengthOf(record.sourceDurationMs) ?? lengthOf(record.videoDurationMs);
  if (lengthMs === null || LIVE.test(record.streamType)) return null;
  if (record.playbackRanges.length > 0) return coveredMs(record.playbackRanges, lengthMs) / lengthMs;
  return record.contentPlayingMs === 0 ? 0 : null;
}

function lengthOf(durationMs: number | null): number | null {
  const lengthMs = durationMs === null ? 0 : Math.min(Math.round(durationMs), MAX_MS);
  return lengthMs === 0 ? null : lengthMs;
}

/** Of what several ranges hold, each moment counts once. */
function coveredMs(ranges: ViewRecord["playbackRanges"], lengthMs: number): number {
  let [sumMs, reachedMs] = [0, 0];
  for (const { startMs, endMs } of ranges.toSorted((one, other) => one.startMs - other.startMs)) {
    const untilMs = Math.min(endMs, lengthMs);
    sumMs += Math.max(0, untilMs - Math.max(startMs, reachedMs));
    reachedMs = Math.max(reachedMs, untilMs);
  }
  return sumMs;
}

function completionSql(): string {
  const length = "coalesce(nullIf(source_duration_ms, 0), nullIf(video_duration_ms, 0))";
  const known = `assumeNotNull(${length})`;
  const starts = `arrayMap(r -> least(r.1, ${known}), playback_ranges)`;
  const ends = `arrayMap(r -> least(greatest(r.1, r.2), ${known}), playback_ranges)`;
  const covered = `arrayReduce('intervalLengthSum', ${starts}, ${ends})`;
  return `multiIf(isNull(${length}) OR ${IS_LIVE_SQL}, NULL, notEmpty(playback_ranges), ${covered} / ${known}, content_playing_ms = 0, 0, NULL)`;
}
