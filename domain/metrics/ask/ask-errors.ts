import type { Question } from "../../monitoring/queries.ts";
import type { Scope } from "../scope.ts";
import { WEIGHT_SQL } from "./aggregate.ts";
import { inRange, SETTINGS, scopeClause } from "./scope-clause.ts";

/** Answer of {@link askErrors}, most frequent first. */
export interface ErrorRow {
  /** `error_type_id`: a number of its own for each pair of code and message. */
  id: number;
  code: string;
  message: string;
  /** Views with it. */
  count: number;
  /** Of all views of the scope, 0..1. */
  percentage: number;
  /** End of the newest view with it, Unix milliseconds. */
  last_seen_ms: number;
}

/** No service has more errors that differ than a person can look at; beyond, the rarest are left out. */
const MAX_ERRORS = 1_000;

/** The errors of the views that ended in the range. */
export function askErrors(scope: Scope): Question {
  const where = scopeClause(scope, inRange("view_end"));
  return {
    sql: `
SELECT assumeNotNull(error_type_id) AS id, code, message, toFloat64(views) AS count, views / all_views AS percentage, last_seen_ms
FROM (
  SELECT
    error_type_id,
    argMax(error_code, view_end) AS code,
    argMax(error_message, view_end) AS message,
    ${scope.weighted ? `sum(${WEIGHT_SQL})` : "count()"} AS views,
    toFloat64(toUnixTimestamp64Milli(max(view_end))) AS last_seen_ms,
    sum(views) OVER () AS all_views
  FROM views FINAL
  WHERE ${where.sql}
  GROUP BY error_type_id
)
WHERE isNotNull(error_type_id)
ORDER BY count DESC, id
LIMIT ${MAX_ERRORS}
${SETTINGS}`,
    params: where.params,
  };
}
