import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { REPLAYED_TABLES, type Replayed, type ReplayedTable, type ReplayOptions, replayLog } from "../views/replay.ts";
import { type DamagedPart, type Outcome, outcomeOf } from "./damaged-part.ts";
import { damagedParts, dropPart, restoreNames, setAsideDamaged, storedTables } from "./store-parts.ts";

export interface RepairDeps
  extends Pick<ReplayOptions, "eventlog" | "sink" | "parseDevice" | "counters" | "partitions"> {
  clickhouse: ClickHouse;
  nowMs: number;
  signal: AbortSignal;
  /** A line for the person who asked. */
  say: (line: string) => void;
}

export interface RepairWishes {
  /** Null: all. */
  tables: readonly string[] | null;
  /** Read everything first, and set aside what does not match its checksums. */
  check: boolean;
  /** Read the log again although nothing is set aside. */
  replay: boolean;
  /** Remove parts whose rows are all back. */
  drop: boolean;
  /** Remove the others as well: what they hold and the log does not is gone then. */
  dropLost: boolean;
}

export interface RepairReport {
  parts: { part: DamagedPart; outcome: Outcome; dropped: boolean }[];
  replayed: Replayed | null;
}

/** Beats older than this have had their time. */
const BEATS_MS = 25 * 3_600_000;

/**
 * Brings back the rows of damaged parts from the event log. Their keys make it harmless to store what is there already, so the
 * whole log is read again, beside a Playhead at work. Nothing is removed but on request.
 */
export async function repairStore(deps: RepairDeps, wishes: RepairWishes): Promise<RepairReport> {
  const tables = await chosenTables(deps, wishes);
  if (wishes.check) await check(deps, tables);
  const parts = await damagedParts(deps.clickhouse, tables);
  for (const { table, partition, name, reason } of parts) deps.say(`damaged: ${table} ${partition}, ${name} ${reason}`);
  const replayed = await replay(deps, replayedTables(wishes.replay ? tables : parts.map(({ table }) => table)));
  if (parts.some(({ table }) => table === "dimension_values")) await restoreNames(deps.clickhouse);
  const reach = { fromMs: replayed?.logFromMs ?? null, whole: replayed?.whole ?? false };
  const report: RepairReport = { parts: [], replayed };
  for (const part of parts) {
    const outcome = outcomeOf(part, reach);
    const dropped = outcome.kind === "repaired" ? wishes.drop || wishes.dropLost : wishes.dropLost;
    deps.say(`${part.table} ${part.partition}: ${outcomeText(outcome)}`);
    if (dropped) await dropPart(deps.clickhouse, part);
    report.parts.push({ part, outcome, dropped });
  }
  return report;
}

async function chosenTables({ clickhouse }: RepairDeps, { tables }: RepairWishes): Promise<readonly string[]> {
  const stored = await storedTables(clickhouse);
  const unknown = tables?.find((table) => !stored.includes(table));
  if (unknown !== undefined) throw new RangeError(`the store has no table ${unknown}; it has ${stored.join(", ")}`);
  return tables ?? stored;
}

async function check({ clickhouse, say }: RepairDeps, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const names = await setAsideDamaged(clickhouse, table);
    say(names.length === 0 ? `${table} is as it was written` : `${table}: set aside ${names.join(", ")}`);
  }
}

/** What to store again so that the tables get their rows. */
function replayedTables(tables: readonly string[]): ReplayedTable[] {
  const madeFrom: Readonly<Record<string, ReplayedTable>> = { monitoring: "beats", dimension_values: "beats" };
  const wanted = new Set(tables.map((table) => madeFrom[table] ?? table));
  return REPLAYED_TABLES.filter((table) => wanted.has(table));
}

async function replay(deps: RepairDeps, tables: readonly ReplayedTable[]): Promise<Replayed | null> {
  if (tables.length === 0) return null;
  const replayed = await replayLog({
    ...deps,
    tables,
    beatsFromMs: deps.nowMs - BEATS_MS,
    onPartition: (partition) => deps.say(`read partition ${partition + 1} of ${deps.partitions}`),
  });
  const { records, rows, logFromMs, leftOut } = replayed;
  const counts = tables.map((table) => `${rows[table]} rows of ${table}`).join(", ");
  deps.say(`stored again from ${records} records: ${counts}`);
  if (logFromMs !== null) deps.say(`the log begins at ${new Date(logFromMs).toISOString()}`);
  if (leftOut > 0) deps.say(`${leftOut} views may have begun before it and are left as they are`);
  return replayed;
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case "repaired":
      return "its rows are back";
    case "partly":
      return `rows of views that began after ${new Date(outcome.fromMs).toISOString()} are back, the log no longer has the rest`;
    case "lost":
      return "cannot be repaired: the log no longer has its rows";
    case "other":
      return `not repaired: ${outcome.advice}`;
  }
}
