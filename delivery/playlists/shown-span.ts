import type { Clip } from "../../domain/media/clip.ts";
import { listedSegments } from "../../domain/media/listed-segments.ts";
import { type Plan, renditionBoundaries } from "../../domain/media/plan.ts";

/** What a manifest of a clip shows, by the asset's media time. */
export interface ShownSpan {
  startSeconds: number;
  endSeconds: number;
}

/** From the begin of the first listed picture, or of the first sound where there is none, to the end of the longest track. */
export function shownSpan(plan: Plan, clip: Clip): ShownSpan {
  const spans = [...plan.video.slice(0, 1), ...plan.audio].map((rendition) => {
    const segments = listedSegments(plan, rendition, clip);
    const { timescale } = renditionBoundaries(plan, rendition);
    return { startSeconds: (segments[0]?.start ?? 0) / timescale, endSeconds: (segments.at(-1)?.end ?? 0) / timescale };
  });
  return {
    startSeconds: spans[0]?.startSeconds ?? 0,
    endSeconds: spans.reduce((last, { endSeconds }) => Math.max(last, endSeconds), 0),
  };
}
