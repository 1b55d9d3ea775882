import type { EnvironmentId } from "../identifiers.ts";
import { beatRows, filterClause } from "./clauses.ts";
import type { Question } from "./queries.ts";
import { BUCKET_MS } from "./socket-wire.ts";

/** What an audience can be counted of. */
export const AUDIENCE_KINDS = ["video_id", "asset_id", "playback_id", "live_stream_id"] as const;

export type AudienceKind = (typeof AUDIENCE_KINDS)[number];

export interface AudienceOf {
  environmentId: EnvironmentId;
  kind: AudienceKind;
  id: string;
}

export interface AudienceRow {
  /** Views that are concurrent at the bucket's end. */
  views: number;
  /** Different viewers among them, by `viewer_user_id`, else `mux_viewer_id`; views with neither do not count. */
  viewers: number;
}

/** Who watches one thing in the bucket that starts at `bucketMs`, Unix milliseconds; always one row. */
export function askAudience({ environmentId, kind, id }: AudienceOf, bucketMs: number): Question {
  const where = filterClause([{ dimension: kind, values: [id], negated: false }]);
  return {
    sql: `
SELECT toFloat64(count()) AS views, toFloat64(uniqExactIf(viewer_id_key, viewer_id_key != cityHash64(''))) AS viewers
FROM ${beatRows(where)}
WHERE concurrent = 1`,
    params: { environmentId, from: bucketMs / 1_000, to: (bucketMs + BUCKET_MS) / 1_000, ...where.params },
  };
}
