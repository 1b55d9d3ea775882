import type { ViewRecord } from "../view/view-record.ts";

/**
 * Dimensions grouped by a key that have nearly as many values as there are views. Table `dimension_values` does not name
 * them, as it does all other keys: it would be as long as `views`. Their names are read from the views themselves.
 */
export const NAMED_BY_VIEWS: ReadonlySet<keyof ViewRecord> = new Set([
  "viewerId",
  "viewerUserId",
  "viewSessionId",
  "pageUrl",
] as const);
