import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { InsertRows } from "../../platform/clickhouse/clickhouse.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { COLUMNS, type Row } from "../sink/rows.ts";
import type { Sink } from "../sink/sink.ts";
import { PartitionFold } from "../views/partition-fold.ts";
import { asLog, recordedRecords, tickRecord } from "./recorded-records.ts";

export const START_MS = 1_795_500_000_000;

const DAY_MS = 86_400_000;

const parseDevice = createDeviceParser();
const ignore = () => undefined;

export function newFold(): PartitionFold {
  return new PartitionFold({ parseDevice, counters: { rejected: ignore, undecodable: ignore } });
}

/** The tables as the keyed engines leave them: in each partition one row per key, of the highest version. */
export class Tables {
  readonly events = new Map<string, Row>();
  readonly views = new Map<string, Row>();
  readonly beats = new Map<string, Row>();

  insert({ events = [], views = [], beats = [] }: Parameters<Sink["store"]>[0]): void {
    for (const row of valuesOf(events)) {
      const day = Math.floor(Number(key(row, "events", ["view_first_seen"])) / DAY_MS); // the partition
      this.events.set(`${day}/${key(row, "events", ["environment_id", "view_id", "sequence", "late"])}`, row);
    }
    for (const row of valuesOf(views)) {
      keepNewest(this.views, key(row, "views", ["environment_id", "view_id", "first_seen"]), row);
    }
    for (const row of valuesOf(beats)) {
      keepNewest(this.beats, key(row, "beats", ["environment_id", "bucket", "view_id"]), row);
    }
  }

  copy(): Tables {
    const copied = new Tables();
    for (const table of ["events", "views", "beats"] as const)
      for (const [at, row] of this[table]) copied[table].set(at, row);
    return copied;
  }

  /** Without versions, and without beats that say nothing: the same content is the same whenever it was written. */
  content(): unknown {
    const bare = (rows: Map<string, Row>) =>
      [...rows]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, row]) => row.map((value, at) => (at === VERSION ? 0 : value)));
    const told = new Map([...this.beats].filter(([, row]) => isTold(row)));
    return { events: [...this.events].sort(), views: bare(this.views), beats: bare(told) };
  }
}

/** Behind the dimensions a beat's row says what happened. */
function isTold(row: Row): boolean {
  return row.slice(COLUMNS.beats.indexOf("concurrent"), -1).some((value) => value !== 0 && value !== null);
}

function valuesOf(rows: InsertRows): Row[] {
  return [...rows].map((row) => (typeof row === "string" ? (JSON.parse(row) as unknown[]) : row));
}

const VERSION = 3;

function keepNewest(table: Map<string, Row>, at: string, row: Row): void {
  const known = table.get(at);
  if (known === undefined || Number(known[VERSION]) <= Number(row[VERSION])) table.set(at, row);
}

function key(row: Row, table: keyof typeof COLUMNS, names: readonly string[]): string {
  return names.map((name) => String(row[(COLUMNS[table] as readonly string[]).indexOf(name)])).join("/");
}

export function ticks(fromMs: number, toMs: number, stepMs = 1_000): StoredRecord[] {
  return Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, index) => tickRecord(fromMs + index * stepMs));
}

const RECORDINGS = ["html5-stall", "hlsjs-tab-close", "muxplayer-two-videos", "transport-retry-500"];
/** A player that tells no title. */
export const PLAYED_ASSET = "muxplayer-playback-id";
export const ASSET = { assetId: "a".repeat(44), title: "Tea at four" };

/** Several recordings at once, and ticks until all views are final. */
export function busyLog(environments: readonly EnvironmentId[]): StoredRecord[] {
  const records = environments.flatMap((environment) =>
    RECORDINGS.flatMap((name) => recordedRecords(name, environment, START_MS)),
  );
  const ofAsset = environments.flatMap((environment) => recordedRecords(PLAYED_ASSET, environment, START_MS, ASSET));
  return asLog([...records, ...ofAsset, ...ticks(START_MS, START_MS + 600_000)]);
}

/** Reads a log in batches of the given lengths, collecting after each. */
export function run(log: readonly StoredRecord[], lengths: readonly number[]) {
  const fold = newFold();
  const tables = new Tables();
  for (let at = 0, turn = 0; at < log.length; turn += 1) {
    const length = lengths[turn % lengths.length] as number;
    fold.apply(log.slice(at, at + length));
    tables.insert(fold.collect());
    at += length;
  }
  return { counts: fold.counts, fold, tables };
}

/** The record as it would have come at another time. */
export function arrivingAt(record: StoredRecord, arrivedAtMs: number): StoredRecord {
  const value = Buffer.from(JSON.stringify({ ...JSON.parse(record.value.toString()), arrivedAtMs }));
  return { ...record, value, timestampMs: arrivedAtMs };
}
