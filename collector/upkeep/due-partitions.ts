const DAY_MS = 86_400_000;

/** A partition this long over gets few late rows: they come within hours, a replayed log reaches back two days. */
export const CLOSED_AFTER_MS = 2 * DAY_MS;

/** Tables whose partitions are merged once they are over, and how long a partition is. */
const PARTITION_SPANS_MS = {
  /** toMonday(first_seen) */
  views: 7 * DAY_MS,
  /** toDate(view_first_seen) */
  events: DAY_MS,
} as const;

export type MergedTable = keyof typeof PARTITION_SPANS_MS;
export const MERGED_TABLES = Object.keys(PARTITION_SPANS_MS) as readonly MergedTable[];

/** What the store has of one partition. */
export interface PartitionParts {
  table: string;
  /** First day, `2026-01-19`. */
  partition: string;
  parts: number;
  /** Least number of merges that a part has seen: one that saw none may still hold two versions of a row. */
  least_level: number;
  rows: number;
  bytes: number;
}

/** The partitions that a night's work is about, the oldest first: over for two days, and not yet one merged part. */
export function duePartitions(partitions: readonly PartitionParts[], nowMs: number): PartitionParts[] {
  return partitions
    .filter(({ parts, least_level: leastLevel }) => parts > 1 || leastLevel === 0)
    .filter(({ table, partition }) => isClosed(table, partition, nowMs))
    .sort((a, b) => compare(a.partition, b.partition) || compare(a.table, b.table));
}

function isClosed(table: string, partition: string, nowMs: number): boolean {
  if (!isMergedTable(table)) return false;
  const startMs = Date.parse(`${partition}T00:00:00Z`); // NaN for a name that is no day, and then false
  return startMs + PARTITION_SPANS_MS[table] + CLOSED_AFTER_MS <= nowMs;
}

function isMergedTable(table: string): table is MergedTable {
  return table in PARTITION_SPANS_MS;
}

/** How long after its hour new work may begin. */
const OFF_PEAK_MS = 4 * 3_600_000;

/** @param hourUtc 0..23, when the quiet hours begin */
export function isOffPeak(nowMs: number, hourUtc: number): boolean {
  const sinceMs = (nowMs - hourUtc * 3_600_000) % DAY_MS;
  return (sinceMs + DAY_MS) % DAY_MS < OFF_PEAK_MS;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
