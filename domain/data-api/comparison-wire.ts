import { type ComparisonRow, comparedColumn } from "../metrics/ask/ask-comparison.ts";
import { COMPARED_SCORES, COMPARED_TOTALS, type ComparedItem } from "../metrics/comparison.ts";
import type { Measurement, Unit } from "../metrics/metric.ts";
import { metricById } from "../metrics/metrics.ts";

export const COMPARED_TYPES = ["score", "percentage", "milliseconds", "per_minute", "number"] as const;
type ComparedType = (typeof COMPARED_TYPES)[number];

/** How a comparison calls what a number is counted in (data-api.md §2.1). Percentages are 0..1 all the same. */
const TYPES: Readonly<Record<Unit, ComparedType>> = {
  score: "score",
  ratio: "percentage",
  milliseconds: "milliseconds",
  per_minute: "per_minute",
  count: "number",
  bits_per_second: "number",
};

export interface ComparedItemWire {
  name: string;
  metric: string;
  type: ComparedType;
  value: number | null;
  measurement: Measurement;
}

/** A score of a comparison; those that no numbers explain have no `items`. */
export interface ComparedScoreWire extends ComparedItemWire {
  items?: ComparedItemWire[];
}

export interface ComparedTotalsWire {
  name: "totals";
  view_count: number;
  watch_time: number;
  started_views: number;
  ended_views: number;
  unique_viewers: number;
  total_playing_time: number;
}

/** `data` of a comparison: the sizes of the slice, then every score with the numbers behind it, always in one order. */
export function comparisonToWire(row: ComparisonRow): [ComparedTotalsWire, ...ComparedScoreWire[]] {
  const toWire = (item: ComparedItem) => itemToWire(item, row);
  return [
    totalsToWire(row),
    ...COMPARED_SCORES.map(({ score, items }) => {
      return items.length === 0 ? toWire(score) : { ...toWire(score), items: items.map(toWire) };
    }),
  ];
}

/** Of no views there is no sum; then nothing was watched. */
function totalsToWire(row: ComparisonRow): ComparedTotalsWire {
  const total = (field: Exclude<keyof ComparedTotalsWire, "name">) => {
    const item = COMPARED_TOTALS[field];
    if (item === undefined) throw new Error(`a comparison has no ${field}`);
    return numberAt(item, row) ?? 0;
  };
  return {
    name: "totals",
    view_count: total("view_count"),
    watch_time: total("watch_time"),
    started_views: total("started_views"),
    ended_views: total("ended_views"),
    unique_viewers: total("unique_viewers"),
    total_playing_time: total("total_playing_time"),
  };
}

function itemToWire(item: ComparedItem, row: ComparisonRow): ComparedItemWire {
  const { name, metric: id, measurement } = item;
  const metric = metricById(id);
  if (metric === null) throw new Error(`a comparison names ${id}, which is no metric`);
  return { name, metric: id, type: TYPES[metric.unit], value: numberAt(item, row), measurement };
}

function numberAt(item: ComparedItem, row: ComparisonRow): number | null {
  const value = row[comparedColumn(item)];
  if (value === undefined) throw new Error(`a comparison was answered without ${comparedColumn(item)}`);
  return value;
}
