import type { EnvironmentId } from "../../identifiers.ts";
import type { Question } from "../../monitoring/queries.ts";
import { RECORD_COLUMNS } from "../../view/record-columns.ts";
import { dimensionColumn } from "../dimension-column.ts";
import type { Dimension } from "../dimensions.ts";

/** A question whose `field` needs names where it is `keyed`: ask {@link askLabels}. */
export interface KeyedQuestion extends Question {
  keyed: boolean;
}

/** Answer of {@link askLabels}; keys that have no name are absent. */
export interface LabelRow {
  key: string;
  label: string;
}

/**
 * Names of the keys that an answer holds, for a keyed dimension. They come from `dimension_values`, by its sorting key
 * (2 ms); looked up in the views themselves 25 titles took 60 ms a million views. Viewers that only their cookie names
 * are not in that table, and their few views are soon found.
 */
export function askLabels(environmentId: EnvironmentId, dimension: Dimension, keys: readonly string[]): Question {
  const wanted = "IN arrayMap(text -> toUInt64(text), {keys: Array(String)})";
  if (dimension.id === "viewer_user_id") {
    const { groupSql, rowTextSql } = dimensionColumn(dimension);
    return {
      sql: `
SELECT toString(${groupSql}) AS key, any(${rowTextSql}) AS label
FROM views
WHERE environment_id = {environmentId: UInt32} AND ${groupSql} ${wanted}
GROUP BY key`,
      params: { environmentId, keys },
    };
  }
  return {
    sql: `
SELECT toString(key) AS key, any(value) AS label
FROM dimension_values
WHERE environment_id = {environmentId: UInt32} AND dimension = {dimension: String} AND dimension_values.key ${wanted}
GROUP BY dimension_values.key`,
    params: { environmentId, dimension: RECORD_COLUMNS[dimension.key].name, keys },
  };
}
