import { MAX_EVENT_AGE_MS, SENDING_SLACK_MS } from "../fold.ts";
import { traceView } from "../timeline.ts";
import type { RecordSource } from "./record-source.ts";

/**
 * The same with times that can be. Events come while a view lasts, or at most a day after they happened; so it cannot have
 * lasted longer than its events kept coming, and a day. Where the client's clock leapt further, by a repair or on
 * purpose, what is too early counts from the earliest moment that can be: years would else be watched in seconds. Repeats
 * say nothing of it: no row may depend on whether one came before it was written.
 */
export function withinLogTime(source: RecordSource): RecordSource {
  const { view } = source;
  const { newestMs, lastSeenMs, firstSeenMs, transitions, marks } = view;
  if (newestMs === null) return source;
  const earliestMs = newestMs - (lastSeenMs - firstSeenMs) - MAX_EVENT_AGE_MS - SENDING_SLACK_MS;
  const canBe = ({ viewerTimeMs }: { viewerTimeMs: number }) => viewerTimeMs >= earliestMs;
  if (transitions.every(canBe) && marks.every(canBe)) return source;
  const moved = <T extends { viewerTimeMs: number }>(each: T): T =>
    canBe(each) ? each : { ...each, viewerTimeMs: earliestMs };
  const sound = { ...view, transitions: transitions.map(moved), marks: marks.map(moved) };
  return { ...source, view: sound, timeline: traceView(sound) };
}
