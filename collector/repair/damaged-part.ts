const DAY_MS = 86_400_000;

/** A part of a table that the engine, or a check, set aside. */
export interface DamagedPart {
  table: string;
  /** The engine's id of it: `20260119`, `all`. */
  partition: string;
  /** Of the folder that holds it. */
  name: string;
  /** "" where it was detached by hand. */
  reason: string;
}

/** What of a damaged part comes back by reading the log again. */
export type Outcome =
  | { kind: "repaired" }
  /** Rows of views that first arrived before `fromMs` do not come back, later ones do. */
  | { kind: "partly"; fromMs: number }
  /** The log begins when this partition was over. */
  | { kind: "lost"; fromMs: number }
  /** Not made from the log. */
  | { kind: "other"; advice: string };

/** How much of topic `beacons` there is. */
export interface LogReach {
  /** Where it begins, log time; null where it is empty. */
  fromMs: number | null;
  /** It has let go of nothing yet. */
  whole: boolean;
}

/** In a log that has let go of records, views of its first hour cannot be told from those that began before. */
const UNSURE_MS = 3_600_000;

/** How long a partition is, by the first day in its id. */
const SPANS_MS: Readonly<Record<string, number>> = { views: 7 * DAY_MS, events: DAY_MS };

const ADVICE: Readonly<Record<string, string>> = {
  schema_migrations: "run node scripts/migrate.ts (npm start does): every migration may run twice",
  rejected_beacons: "samples of rejected beacons do not come back, the counts are in the metrics",
};

export function outcomeOf({ table, partition }: DamagedPart, log: LogReach): Outcome {
  if (table === "monitoring" || table === "dimension_values") return { kind: "repaired" }; // 25 hours; from what is stored
  const spanMs = SPANS_MS[table];
  if (spanMs === undefined) return { kind: "other", advice: ADVICE[table] ?? "its rows are not made from the log" };
  if (log.fromMs === null) return { kind: "lost", fromMs: Number.POSITIVE_INFINITY };
  if (log.whole) return { kind: "repaired" };
  const fromMs = log.fromMs + UNSURE_MS;
  const startMs = firstDayMs(partition);
  if (startMs >= fromMs) return { kind: "repaired" };
  return startMs + spanMs > fromMs ? { kind: "partly", fromMs } : { kind: "lost", fromMs };
}

/** @param partition `20260119` */
function firstDayMs(partition: string): number {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(partition) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}
