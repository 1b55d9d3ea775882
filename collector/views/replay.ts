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
  /** Every view that first arrived at or after this, log time, was read from its beginning; null where the log is empty. */
  allFromMs: number | null;
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
    allFromMs: null,
  };
  for (let partition = 0; partition < options.partitions; partition += 1) {
    await replayPartition(options, partition, replayed);
    options.onPartition?.(partition);
  }
  return replayed;
}

async function replayPartition(options: ReplayOptions, partition: number, replayed: Replayed): Promise<void> {
  const { eventlog, signal } = options;
  let stretch: Stretch | null = null;
  let hasGap = false;
  let isCut = false;
  for await (const record of eventlog.readAll("beacons", partition, () => {
    hasGap = true;
  })) {
    signal.throwIfAborted();
    if (hasGap) await stretch?.end();
    if (stretch === null || hasGap) {
      isCut ||= hasGap || !(await eventlog.hasBeginning("beacons", partition));
      stretch = new Stretch(options, replayed, { fromMs: record.timestampMs, whole: !isCut });
      hasGap = false;
    }
    await stretch.take(record);
  }
  await stretch?.end();
}

/** A part of a partition without a gap. Behind a gap nothing that was read before is known: events are missing there. */
class Stretch {
  readonly #options: ReplayOptions;
  readonly #replayed: Replayed;
  readonly #fold: PartitionFold;
  readonly #beginnings: ViewBeginnings;
  #batch: StoredRecord[] = [];

  constructor(options: ReplayOptions, replayed: Replayed, from: { fromMs: number; whole: boolean }) {
    this.#options = options;
    this.#replayed = replayed;
    this.#fold = new PartitionFold(options);
    this.#beginnings = new ViewBeginnings(from);
    replayed.logFromMs = Math.min(replayed.logFromMs ?? from.fromMs, from.fromMs);
  }

  async take(record: StoredRecord): Promise<void> {
    this.#replayed.records += 1;
    this.#batch.push(this.#beginnings.isKnown(record) ? record : withoutContent(record));
    if (this.#batch.length >= RECORDS_PER_BATCH) await this.#flush(ROWS_PER_STORE);
  }

  async end(): Promise<void> {
    await this.#flush(0);
    const { whole, leftOut, allFromMs } = this.#beginnings;
    this.#replayed.whole &&= whole;
    this.#replayed.leftOut += leftOut;
    const sinceMs = whole ? this.#replayed.logFromMs : allFromMs;
    this.#replayed.allFromMs = Math.max(this.#replayed.allFromMs ?? 0, sinceMs ?? 0);
  }

  async #flush(least: number): Promise<void> {
    this.#fold.apply(this.#batch);
    this.#batch = [];
    if (this.#fold.pendingRows >= least) await storeRows(this.#options, this.#fold, this.#replayed);
  }
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
