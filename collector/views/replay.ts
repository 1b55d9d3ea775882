import type { InsertRows } from "../../platform/clickhouse/clickhouse.ts";
import type { EventLog, StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { COLUMNS, type Row, type SinkTable } from "../sink/rows.ts";
import type { Sink } from "../sink/sink.ts";
import { PartitionFold, type PartitionFoldDeps } from "./partition-fold.ts";
import { ViewBeginnings, withoutContent } from "./view-beginnings.ts";

/** Tables that are a function of topic `beacons`. */
export const REPLAYED_TABLES = ["events", "views", "beats"] as const;
export type ReplayedTable = (typeof REPLAYED_TABLES)[number];

export interface ReplayOptions extends Omit<PartitionFoldDeps, "onRejected"> {
  eventlog: EventLog;
  sink: Sink;
  /** Of topic `beacons`. */
  partitions: number;
  /** All of them by default. */
  tables?: readonly ReplayedTable[];
  /** Beats before this are left out: the store has forgotten their time (25 hours). Unix milliseconds. */
  beatsFromMs?: number;
  signal: AbortSignal;
  /** Called after each partition. */
  onPartition?: (partition: number) => void;
}

export interface Replayed {
  records: number;
  /** Rows handed to the sink, by table; most were there before. */
  rows: Record<ReplayedTable, number>;
  /** Where the oldest partition begins, log time; null where the log is empty. */
  logFromMs: number | null;
  /** False when the log has already let go of records: what was before cannot come back. */
  whole: boolean;
  /** Views that began, or may have begun, before the log does: their rows are left as they are. */
  leftOut: number;
}

/** Records folded between two looks at how many rows have gathered. */
const RECORDS_PER_BATCH = 500;
const ROWS_PER_STORE = 10_000;

/**
 * Reads topic `beacons` from its beginning to its present end and stores again what it says, by the same fold and under the
 * same keys: into an empty store it brings equal rows, into a damaged one those that are missing. Safe beside a collector at
 * work, since a row's version is its position in the log. Views that are still open at the end are the collector's.
 */
export async function replayLog(options: ReplayOptions): Promise<Replayed> {
  const replayed: Replayed = {
    records: 0,
    rows: { events: 0, views: 0, beats: 0 },
    logFromMs: null,
    whole: true,
    leftOut: 0,
  };
  for (let partition = 0; partition < options.partitions; partition += 1) {
    await replayPartition(options, partition, replayed);
    options.onPartition?.(partition);
  }
  return replayed;
}

async function replayPartition(options: ReplayOptions, partition: number, replayed: Replayed): Promise<void> {
  const fold = new PartitionFold(options);
  let beginnings: ViewBeginnings | null = null;
  let batch: StoredRecord[] = [];
  const flush = async (least: number) => {
    fold.apply(batch);
    batch = [];
    if (fold.pendingRows >= least) await storeRows(options, fold, replayed);
  };
  for await (const record of options.eventlog.readAll("beacons", partition)) {
    options.signal.throwIfAborted();
    if (replayed.records === 0 || record.timestampMs < (replayed.logFromMs ?? 0))
      replayed.logFromMs = record.timestampMs;
    if (beginnings === null)
      beginnings = new ViewBeginnings({ fromMs: record.timestampMs, whole: record.offset === 0 });
    replayed.records += 1;
    batch.push(beginnings.isKnown(record) ? record : withoutContent(record));
    if (batch.length >= RECORDS_PER_BATCH) await flush(ROWS_PER_STORE);
  }
  await flush(0);
  if (beginnings === null) return;
  replayed.leftOut += beginnings.leftOut;
  replayed.whole &&= beginnings.whole;
}

async function storeRows(options: ReplayOptions, fold: PartitionFold, replayed: Replayed): Promise<void> {
  const { tables = REPLAYED_TABLES, beatsFromMs = 0 } = options;
  const collected = fold.collect();
  const rows: Partial<Record<SinkTable, InsertRows>> = {};
  for (const table of tables) {
    const chosen =
      table === "beats" ? collected.beats.filter((beat) => bucketMsOf(beat) >= beatsFromMs) : collected[table];
    rows[table] = chosen;
    replayed.rows[table] += chosen.length;
  }
  await options.sink.store(rows, options.signal);
}

const BUCKET = COLUMNS.beats.indexOf("bucket");

/** The column holds Unix seconds. */
const bucketMsOf = (beat: Row): number => Number(beat[BUCKET]) * 1_000;
