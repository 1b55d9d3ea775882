import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { REPLAYED_TABLES, type Replayed, type ReplayedTable, type ReplayOptions, replayLog } from "../views/replay.ts";
import { BEATS_MS, type DamagedPart, type LogReach, type Outcome, outcomeOf } from "./damaged-part.ts";
import {
  dropPart,
  failingParts,
  oldestTraceMs,
  restoreNames,
  setAside,
  setAsideParts,
  storedTables,
} from "./store-parts.ts";

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
  /** Read everything first: parts that do not match their checksums are damaged, too. */
  check: boolean;
  /** Read the log again although nothing is set aside. */
  replay: boolean;
  /** Remove parts whose rows are all back. */
  drop: boolean;
  /** Remove the others as well: what they hold and the log does not is gone then. */
  dropLost: boolean;
}

export interface RepairReport {
  parts: Settled[];
  replayed: Replayed | null;
}

export interface Settled {
  part: DamagedPart;
  outcome: Outcome;
  dropped: boolean;
}

/** Between the making of a store and the first record of its log. */
const START_SLACK_MS = 15 * 60_000;

/**
 * Brings back the rows of damaged parts from the event log. Their keys make it harmless to store what is there already, so the
 * whole log is read again, beside a Playhead at work. Nothing is removed but on request, and a part that can still be read in
 * places stays in use until its rows are back.
 */
export async function repairStore(deps: RepairDeps, wishes: RepairWishes): Promise<RepairReport> {
  const { clickhouse } = deps;
  const tables = await chosenTables(deps, wishes);
  const failing = wishes.check ? await check(deps, tables) : [];
  const parts = [...failing, ...(await setAsideParts(clickhouse, tables))];
  for (const { table, partition, name, reason } of parts) deps.say(`damaged: ${table} ${partition}, ${name} ${reason}`);
  const storeFromMs = await oldestTraceMs(clickhouse);
  const replayed = await replay(deps, replayedTables(wishes.replay ? tables : parts.map(({ table }) => table)));
  if (parts.some(({ table }) => table === "dimension_values")) await restoreNames(clickhouse);
  const report: RepairReport = { parts: [], replayed };
  for (const part of parts) {
    const outcome = outcomeOf(part, reachOf(replayed, storeFromMs), deps.nowMs);
    report.parts.push(await settle(deps, wishes, part, outcome));
  }
  return report;
}

/** A log that holds all of itself may still be younger than the store: an earlier one was lost, or was another Kafka. */
function reachOf(replayed: Replayed | null, storeFromMs: number): LogReach {
  const logFromMs = replayed?.logFromMs ?? Number.POSITIVE_INFINITY;
  const isAll = replayed?.whole === true && storeFromMs >= logFromMs - START_SLACK_MS;
  return { allFromMs: replayed?.allFromMs ?? null, isAll };
}

async function settle(deps: RepairDeps, wishes: RepairWishes, part: DamagedPart, outcome: Outcome): Promise<Settled> {
  const isBack = outcome.kind === "repaired";
  const dropped = wishes.dropLost || (isBack && wishes.drop);
  const stays = part.inUse && !isBack && !dropped;
  const more = stays ? "; the part stays in use, as far as it can be read" : "";
  deps.say(`${part.table} ${part.partition}: ${outcomeText(outcome)}${more}`);
  if (part.inUse && !stays) await setAside(deps.clickhouse, part);
  if (dropped) await dropPart(deps.clickhouse, part);
  return { part, outcome, dropped };
}

async function chosenTables({ clickhouse }: RepairDeps, { tables }: RepairWishes): Promise<readonly string[]> {
  const stored = await storedTables(clickhouse);
  const unknown = tables?.find((table) => !stored.includes(table));
  if (unknown !== undefined) throw new RangeError(`the store has no table ${unknown}; it has ${stored.join(", ")}`);
  return tables ?? stored;
}

async function check({ clickhouse, say }: RepairDeps, tables: readonly string[]): Promise<DamagedPart[]> {
  const failing: DamagedPart[] = [];
  for (const table of tables) {
    const parts = await failingParts(clickhouse, table);
    if (parts.length === 0) say(`${table} is as it was written`);
    failing.push(...parts);
  }
  return failing;
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
  if (leftOut > 0) deps.say(`${leftOut} views began before it, or may have, and are left as they are`);
  return replayed;
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case "repaired":
      return "its rows are back";
    case "partly":
      return `rows of views that began after ${new Date(outcome.fromMs).toISOString()} are back, not all of the rest`;
    case "lost":
      return "cannot be repaired: the log does not have its rows";
    case "other":
      return `not repaired: ${outcome.advice}`;
  }
}
