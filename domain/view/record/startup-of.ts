import { closedSpans, overlapMs, subtractSpans } from "../span.ts";
import { startupMsOf } from "../startup.ts";
import type { Timeline } from "../timeline.ts";
import type { ViewRecord } from "../view-record.ts";
import type { RecordParts } from "./record-source.ts";
import { toldAmount } from "./told.ts";

/** The waits before the first frame. What only the page can measure is the client's. */
export function startupOf({ view, timeline }: RecordParts) {
  const waitMs = startupMsOf(timeline);
  const startupMs = waitMs === null ? null : Math.round(waitMs);
  const playerStartupMs = toldAmount(view, "player_startup_time");
  const pageLoadMs = toldAmount(view, "page_load_time");
  return {
    startupMs,
    contentStartupMs: contentStartupMs(timeline),
    playerStartupMs,
    pageLoadMs,
    aggregateStartupMs:
      toldAmount(view, "view_aggregate_startup_time") ?? sumOfAll([pageLoadMs, playerStartupMs, startupMs]),
  } satisfies Partial<ViewRecord>;
}

/** The client adds up only what starts by itself; a click comes between the parts and takes no part of them. */
function sumOfAll(parts: readonly (number | null)[]): number | null {
  return parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0);
}

/** Watching up to the content's first frame, without the time in ad breaks before it. */
function contentStartupMs(timeline: Timeline): number | null {
  const { intentAtMs, contentFrameAtMs, startTold, watching, ads } = timeline;
  if (intentAtMs === null || contentFrameAtMs === null || !startTold) return null;
  const waiting = subtractSpans(closedSpans(watching, contentFrameAtMs), closedSpans(ads.breaks, contentFrameAtMs));
  return Math.round(overlapMs(waiting, intentAtMs, contentFrameAtMs));
}
