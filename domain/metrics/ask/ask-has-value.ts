import type { EnvironmentId } from "../../identifiers.ts";
import type { Question } from "../../monitoring/queries.ts";

/** Dimensions of which table `dimension_values` has every value, under the dimension's own id. */
export type NamedDimension = "asset_id" | "video_id" | "playback_id";

/** Whether a view had this value that is kept still, or plays now. Answer: one row, `known` 0 or 1; by sorting key. */
export function askHasValue(environmentId: EnvironmentId, dimension: NamedDimension, value: string): Question {
  return {
    sql: `
SELECT toFloat64(count() > 0) AS known
FROM dimension_values
WHERE environment_id = {environmentId: UInt32} AND dimension = {dimension: String}
  AND dimension_values.key = cityHash64({value: String})`,
    params: { environmentId, dimension, value },
  };
}
