import type { ViewFilter } from "./scope.ts";
import { type SubviewType, subviewAttribute } from "./subview.ts";

/** Filters of a question about parts of views. */
export interface SplitFilters {
  /** Keep or drop whole views, with all their parts. */
  views: readonly ViewFilter[];
  /** Keep or drop single parts. */
  parts: readonly ViewFilter[];
}

/**
 * What of the filters of a question is about parts of this type. `video_source_height` and a few more are dimensions of
 * views too (the newest value): where parts have them they are meant of the parts, else `720` would keep the time in every
 * other rendition of the views that ended in 720.
 */
export function splitFilters(type: SubviewType, filters: readonly ViewFilter[]): SplitFilters {
  const ofParts = ({ dimension }: ViewFilter) => subviewAttribute(type, dimension) !== null;
  return { views: filters.filter((filter) => !ofParts(filter)), parts: filters.filter(ofParts) };
}
