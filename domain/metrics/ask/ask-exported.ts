import type { EnvironmentId } from "../../identifiers.ts";
import type { Question } from "../../monitoring/queries.ts";
import { viewRowSql } from "./ask-view.ts";
import { SETTINGS } from "./scope-clause.ts";
import { uint32 } from "./uint32.ts";

/**
 * The views of an environment that were last heard of in a range: what an export is made of. Log time, since a view's own end
 * may move into a day that is long over, and none may be in two files or in none.
 */
export interface ExportedScope {
  environmentId: EnvironmentId;
  /** [fromMs, toMs), Unix milliseconds. */
  fromMs: number;
  toMs: number;
}

/** Answer of {@link askExportedTimes}, in order. */
export interface ExportedTimeRow {
  /** Unix seconds in which some of the views were first heard of. */
  second: number;
  views: number;
}

/** When the views of an export were first heard of: by that they are found quickly, a few at a time. */
export function askExportedTimes(scope: ExportedScope): Question {
  return {
    sql: `
SELECT toFloat64(toUnixTimestamp(first_seen)) AS second, toFloat64(count()) AS views
FROM views FINAL
WHERE ${WHERE}
GROUP BY second
ORDER BY second
${SETTINGS}`,
    params: { ...scope },
  };
}

export interface ExportedPage {
  /** [fromSecond, toSecond) of `askExportedTimes`. */
  fromSecond: number;
  toSecond: number;
  /** The last view of the page before; null: from the first. */
  after: { firstSeenMs: number; viewId: string } | null;
  limit: number;
}

/** Some views of an export, in the order of the table; what `viewFromRow` reads, without `attributes`. */
export function askExported(scope: ExportedScope, { fromSecond, toSecond, after, limit }: ExportedPage): Question {
  const { firstSeenMs, viewId } = after ?? { firstSeenMs: 0, viewId: "" };
  const afterTime = "fromUnixTimestamp64Milli({firstSeenMs: Int64}, 'UTC')";
  return {
    sql: `
SELECT ${viewRowSql(["attributes"])}
FROM views FINAL
WHERE ${WHERE}
  AND views.first_seen >= fromUnixTimestamp({fromSecond: UInt32}) AND views.first_seen < fromUnixTimestamp({toSecond: UInt32})
  AND views.first_seen >= ${afterTime} AND (views.first_seen > ${afterTime} OR views.view_id > {viewId: String})
ORDER BY views.first_seen, views.view_id
LIMIT {limit: UInt32}
${SETTINGS}`,
    params: { ...scope, fromSecond, toSecond, firstSeenMs, viewId, limit: uint32("limit", limit, 1) },
  };
}

/** No view is heard of last before it is first. */
const WHERE = `environment_id = {environmentId: UInt32}
  AND views.first_seen < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')
  AND views.last_seen >= fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC')
  AND views.last_seen < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')
  AND views.counted = 1 AND views.bot = 0`;
