import type { Measurement, Metric } from "../../../../domain/metrics/metric.ts";
import type { ViewRecord } from "../../../../domain/view/view-record.ts";

/** Answers worked out by counting, sorting and adding up, for comparison with the engine's. */

/** A view's weight in every number. */
export function weightOf({ sampleRate }: ViewRecord, weighted: boolean): number {
  return weighted ? 1 / sampleRate : 1;
}

/** Counted views of people whose time lies in the range. */
export function viewsIn(
  records: readonly ViewRecord[],
  { timeBasis }: Pick<Metric, "timeBasis">,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): ViewRecord[] {
  return records.filter(({ counted, bot, viewStartMs, viewEndMs }) => {
    const atMs = timeBasis === "view_start" ? viewStartMs : viewEndMs;
    return counted && !bot && atMs >= fromMs && atMs < toMs;
  });
}

export interface PlainNumbers {
  value: number | null;
  views: number;
  total_watch_time: number;
  total_playing_time: number;
}

export function plainNumbers(
  records: readonly ViewRecord[],
  metric: Metric,
  measurement: Measurement,
  weighted: boolean,
): PlainNumbers {
  const held = records.filter((record) => metric.perView(record) !== null);
  const total = (of: (record: ViewRecord) => number) =>
    held.reduce((sum, record) => sum + of(record) * weightOf(record, weighted), 0);
  return {
    value: plainValue(held, metric, measurement, weighted),
    views: total(() => 1),
    total_watch_time: total(({ watchMs }) => watchMs),
    total_playing_time: total(({ playingMs }) => playingMs),
  };
}

function plainValue(
  held: readonly ViewRecord[],
  metric: Metric,
  measurement: Measurement,
  weighted: boolean,
): number | null {
  const total = (of: (record: ViewRecord) => number | null) =>
    held.reduce((sum, record) => sum + (of(record) ?? 0) * weightOf(record, weighted), 0);
  if (metric.id === "unique_viewers") return plainViewers(held, weighted);
  if (measurement === "count") return total(() => 1);
  if (measurement === "sum") return total(metric.perView);
  if (measurement === "median" || measurement === "95th") {
    const values = held.flatMap((record) => {
      const times = Math.round(weightOf(record, weighted));
      return Array.from({ length: times }, () => metric.perView(record) as number);
    });
    return interpolated(values, measurement === "median" ? 0.5 : 0.95);
  }
  if (held.length === 0) return null;
  if (metric.average.kind !== "quotient") return total(metric.perView) / total(() => 1);
  const { part, whole, factor } = metric.average;
  return (total((record) => record[part] as number) / total((record) => record[whole] as number)) * factor;
}

/** A person's views may differ in rate: the least weight is that of the highest. */
function plainViewers(held: readonly ViewRecord[], weighted: boolean): number {
  const weights = new Map<string, number>();
  for (const record of held) {
    weights.set(
      record.viewerId,
      Math.min(weights.get(record.viewerId) ?? Number.POSITIVE_INFINITY, weightOf(record, weighted)),
    );
  }
  return [...weights.values()].reduce((sum, weight) => sum + weight, 0);
}

/** The definition of docs/metrics.md. */
function interpolated(values: readonly number[], level: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((one, other) => one - other);
  const rank = level * (sorted.length - 1);
  const [below = 0, above = below] = [sorted[Math.floor(rank)], sorted[Math.floor(rank) + 1]];
  return below + (above - below) * (rank - Math.floor(rank));
}
