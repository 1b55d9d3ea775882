import type { AdPosition } from "./ad-course.ts";
import { type ClosedSpan, closedSpans, subtractSpans } from "./span.ts";
import type { Timeline } from "./timeline.ts";

/** When a view's pictures moved, on the client clock. */
export interface Playing {
  content: ClosedSpan[];
  ads: Record<AdPosition, ClosedSpan[]>;
  /** Content and ads. */
  all: ClosedSpan[];
}

const POSITIONS = ["preroll", "midroll", "postroll"] as const;

/**
 * Watching without start-up, stalls and seeks: content from its first frame on and outside of ad breaks, ads from frame to
 * end. Waiting for an ad is neither.
 */
export function playingOf(timeline: Timeline, untilMs: number): Playing {
  const known = (spans: Timeline["watching"]) => closedSpans(spans, untilMs);
  const moving = subtractSpans(
    subtractSpans(known(timeline.watching), known(timeline.rebuffering)),
    known(timeline.seeking),
  );
  const { ads, contentFrameAtMs } = timeline;
  const before = { startMs: Number.NEGATIVE_INFINITY, endMs: contentFrameAtMs ?? Number.POSITIVE_INFINITY };
  const content = subtractSpans(subtractSpans(moving, [before]), known(ads.breaks));
  const shown = (position: AdPosition) => {
    // a clock that is set back puts the end of an ad into the content: no moment counts twice
    const spans = subtractSpans(known(ads.shown.filter((ad) => ad.position === position)), content);
    return subtractSpans(spans, subtractSpans(spans, moving)); // what lies in both
  };
  const byPosition = { preroll: shown("preroll"), midroll: shown("midroll"), postroll: shown("postroll") };
  const parts = POSITIONS.flatMap((position) => byPosition[position]);
  const all = parts.length === 0 ? content : [...content, ...parts].sort((a, b) => a.startMs - b.startMs);
  return { content, ads: byPosition, all };
}
