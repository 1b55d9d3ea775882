import { type ClosedSpan, totalMs } from "../span.ts";
import type { PlaybackRange, ViewRecord } from "../view-record.ts";
import { numberField, textField, type ViewState } from "../view-state.ts";
import { watchMsOf } from "./life-of.ts";
import type { RecordParts } from "./record-source.ts";
import { toldAmount } from "./told.ts";

/** How the time went, on the wall clock and on the media's. Whole milliseconds. */
export function timeOf({ view, timeline, playing, untilMs }: RecordParts) {
  const { rebuffering, seeking } = timeline;
  const stallsMs = rebuffering.map((span) => totalMs([span], untilMs));
  const contentPlayingMs = lengthOf(playing.content);
  const ads = {
    prerollPlayingMs: lengthOf(playing.ads.preroll),
    midrollPlayingMs: lengthOf(playing.ads.midroll),
    postrollPlayingMs: lengthOf(playing.ads.postroll),
  };
  const adPlayingMs = ads.prerollPlayingMs + ads.midrollPlayingMs + ads.postrollPlayingMs;
  return {
    watchMs: watchMsOf(timeline, untilMs),
    playingMs: contentPlayingMs + adPlayingMs,
    contentPlayingMs,
    adPlayingMs,
    ...ads,
    rebufferCount: rebuffering.length,
    rebufferMs: Math.round(totalMs(rebuffering, untilMs)),
    longestRebufferMs: Math.round(stallsMs.reduce((longest, ms) => Math.max(longest, ms), 0)),
    seekCount: seeking.length,
    seekMs: Math.round(totalMs(seeking, untilMs)),
    maxPlayheadMs: maxPlayheadMs(view),
    contentPlaybackMs: toldAmount(view, "view_total_content_playback_time", "view_content_playback_time") ?? 0,
    playbackRanges: playbackRanges(textField(view, "video_playback_range")),
  } satisfies Partial<ViewRecord>;
}

function lengthOf(spans: readonly ClosedSpan[]): number {
  return Math.round(totalMs(spans, 0));
}

/** The client's own figure stands still after a failure, though what is buffered may play on: its events tell more. */
function maxPlayheadMs(view: ViewState): number {
  return Math.max(view.maxPlayheadMs, numberField(view, "view_max_playhead_position") ?? 0);
}

const RANGE = /"(\d{1,15}(?:\.\d+)?):(\d{1,15}(?:\.\d+)?)"/g;

/** The newest list replaces the earlier ones. Read piece by piece: a very long one was cut on its way. */
function playbackRanges(text: string): PlaybackRange[] {
  return [...text.matchAll(RANGE)]
    .map(([, start, end]) => ({ startMs: Math.round(Number(start)), endMs: Math.round(Number(end)) }))
    .filter(({ startMs, endMs }) => endMs > startMs);
}
