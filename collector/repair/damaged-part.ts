const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Of beats and the rows made of them: docs/schema.md. */
export const BEATS_MS = 25 * HOUR_MS;

/** A part of a table whose rows are missing, or cannot all be read. */
export interface DamagedPart {
  table: string;
  /** The engine's id of it: `20260119`, `all`. */
  partition: string;
  /** Of the folder that holds it. */
  name: string;
  /** "" where it was detached by hand. */
  reason: string;
  /** Found by reading: the engine still answers from it where it can. False for one that is set aside. */
  inUse: boolean;
}

/** What of a damaged part comes back by reading the log again. */
export type Outcome =
  | { kind: "repaired" }
  /** Rows of views that first arrived before `fromMs` may not come back, later ones do. */
  | { kind: "partly"; fromMs: number }
  /** The log begins when this partition was over. */
  | { kind: "lost" }
  /** Not made from the log. */
  | { kind: "other"; advice: string };

/** How much of what the store held was read again. */
export interface LogReach {
  /** Every view that first arrived at or after this, log time; null where the log is empty. */
  allFromMs: number | null;
  /** The log has let go of nothing, and the store holds nothing from before it. */
  isAll: boolean;
}

/** How long a partition is, by the first day in its id. */
const SPANS_MS: Readonly<Record<string, number>> = { views: 7 * DAY_MS, events: DAY_MS };

const ADVICE: Readonly<Record<string, string>> = {
  schema_migrations: "run node scripts/migrate.ts (npm start does): every migration may run twice",
  stored_until: "nothing to do: the collector writes it anew every second",
  deliveries: "its rows are in topic deliveries, from which they are not read again yet",
  rejected_beacons: "samples of rejected beacons do not come back, the counts are in the metrics",
};

export function outcomeOf({ table, partition }: DamagedPart, { allFromMs, isAll }: LogReach, nowMs: number): Outcome {
  if (table === "dimension_values") return { kind: "repaired" }; // from the views that are stored
  const span = table === "monitoring" ? { fromMs: nowMs - BEATS_MS, toMs: nowMs } : spanOf(table, partition);
  if (span === null) return { kind: "other", advice: ADVICE[table] ?? "its rows are not made from the log" };
  if (allFromMs === null) return { kind: "lost" };
  if (isAll || span.fromMs >= allFromMs) return { kind: "repaired" };
  return span.toMs > allFromMs ? { kind: "partly", fromMs: allFromMs } : { kind: "lost" };
}

/** @param partition `20260119` */
function spanOf(table: string, partition: string): { fromMs: number; toMs: number } | null {
  const spanMs = SPANS_MS[table];
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(partition) ?? [];
  if (spanMs === undefined) return null;
  const fromMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return { fromMs, toMs: fromMs + spanMs };
}
