import { setTimeout as sleep } from "node:timers/promises";
import { Counter, Histogram } from "prom-client";
import { type ClickHouse, ClickHouseError, type InsertRows } from "../../platform/clickhouse/clickhouse.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Metrics } from "../../platform/observability/metrics.ts";
import { cutIntoInserts } from "./cut-into-inserts.ts";
import { DELIVERY_COLUMNS } from "./delivery-rows.ts";
import { REJECTED_COLUMNS } from "./rejected-rows.ts";
import { COLUMNS } from "./rows.ts";

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

/** Column lists of the tables that the sink writes; nobody else does. */
const TABLES = { ...COLUMNS, rejected_beacons: REJECTED_COLUMNS, deliveries: DELIVERY_COLUMNS } as const;
type SinkTable = keyof typeof TABLES;

/** MEMORY_LIMIT_EXCEEDED: others may have taken the memory, or these rows alone need too much. */
const NO_MEMORY = 241;

/**
 * Engine errors that blame a value of a row (ClickHouse `src/Common/ErrorCodes.cpp`). Only these cost a row: every other one, also one
 * that nobody here has heard of, is waited out, since a full disk or a changed password must not cost rows. Not among them are
 * TYPE_MISMATCH (53) and CANNOT_CONVERT_TYPE (70): of JSON rows they speak of a table that is not as it should be.
 */
const OF_ROWS: ReadonlySet<number> = new Set([
  6, // CANNOT_PARSE_TEXT
  25, // CANNOT_PARSE_ESCAPE_SEQUENCE
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA: JSON of another shape
  130, // CANNOT_READ_ARRAY_FROM_TEXT
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
]);

export interface SinkDeps {
  clickhouse: ClickHouse;
  log: Logger;
  metrics: Metrics;
}

/** Writes rows until they are stored. The one writer of the analytics tables. */
export interface Sink {
  /**
   * Resolves when all rows are stored; tries for ever while the store is away or not as it should be, since rows
   * carry keys and repeating is harmless. A row that the store refuses for what it says gets counted, logged and left out: one
   * bad row stops nobody. Rejects only when `signal` aborts.
   */
  store(rows: Readonly<Partial<Record<SinkTable, InsertRows>>>, signal: AbortSignal): Promise<void>;
  /** Why the store does not take rows at the moment, or null when it does. */
  trouble(): string | null;
}

export function createSink({ clickhouse, log, metrics }: SinkDeps): Sink {
  const stored = counter(metrics, "playhead_sink_rows_total", "Rows stored, repeats of a retry included");
  const refused = counter(metrics, "playhead_sink_refused_rows_total", "Rows the store refused for their content");
  const seconds = new Histogram({
    name: "playhead_sink_insert_seconds",
    help: "Duration of one insert, failed ones included",
    labelNames: ["table"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [metrics],
  });
  const troubles = new Map<SinkTable, string>();

  async function insert(table: SinkTable, rows: InsertRows, signal: AbortSignal): Promise<void> {
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(LAST_RETRY_MS, delayMs * 2)) {
      signal.throwIfAborted();
      const stop = seconds.startTimer({ table });
      try {
        await clickhouse.insert(table, TABLES[table], rows);
        stored.inc({ table }, rows.length);
        troubles.delete(table);
        return;
      } catch (error) {
        if (isOfRows(error)) return refuse(table, rows, error, signal);
        if (!troubles.has(table)) log.warn({ err: error, table }, "store does not take rows, trying on");
        troubles.set(table, error instanceof Error ? error.message : String(error));
        if (rows.length > 1 && isOfMemory(error)) return insertHalves(table, rows, signal);
      } finally {
        stop();
      }
      await sleep(delayMs, undefined, { signal });
    }
  }

  /** One after the other: while the first is not stored the rest waits whole, so that a bad hour leaves few small parts. */
  async function insertHalves(table: SinkTable, rows: InsertRows, signal: AbortSignal): Promise<void> {
    const middle = rows.length >> 1;
    await insert(table, rows.slice(0, middle), signal);
    await insert(table, rows.slice(middle), signal);
  }

  /** Halves the rows until the one that cannot be stored stands alone. */
  async function refuse(table: SinkTable, rows: InsertRows, error: unknown, signal: AbortSignal): Promise<void> {
    if (rows.length > 1) return insertHalves(table, rows, signal);
    refused.inc({ table });
    log.error({ err: error, table, row: JSON.stringify([...rows][0])?.slice(0, 2_000) }, "row refused by the store");
  }

  async function storeTable(table: SinkTable, rows: InsertRows, signal: AbortSignal): Promise<void> {
    for (const part of cutIntoInserts(rows)) await insert(table, part, signal);
  }

  return {
    store: async (rows, signal) => {
      const tables = Object.keys(TABLES) as SinkTable[];
      await Promise.all(tables.map((table) => storeTable(table, rows[table] ?? [], signal)));
    },
    trouble: () => troubles.values().next().value ?? null,
  };
}

/** Without an engine's number: a value that JSON cannot say. */
function isOfRows(error: unknown): boolean {
  if (!(error instanceof ClickHouseError)) return false;
  return error.code === null ? !error.retriable : OF_ROWS.has(error.code);
}

function isOfMemory(error: unknown): boolean {
  return error instanceof ClickHouseError && error.code === NO_MEMORY;
}

function counter(metrics: Metrics, name: string, help: string): Counter<"table"> {
  return new Counter({ name, help, labelNames: ["table"], registers: [metrics] });
}
