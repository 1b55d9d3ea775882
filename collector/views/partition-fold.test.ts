import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { COLUMNS, type Row } from "../sink/rows.ts";
import { asLog, recordedRecords, tickRecord } from "../testing/recorded-records.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { FoldCounters } from "./fold-counters.ts";
import { type CollectedRows, PartitionFold } from "./partition-fold.ts";

const START_MS = 1_795_500_000_000;
const ONE = 1 as EnvironmentId;
const TWO = 2 as EnvironmentId;
const parseDevice = createDeviceParser();

function countingCounters() {
  const counts = { folded: 0, repeated: 0, late: 0, rejected: 0, undecodable: 0 };
  const count = (outcome: keyof typeof counts) => () => {
    counts[outcome] += 1;
  };
  const counters: FoldCounters = {
    folded: count("folded"),
    repeated: count("repeated"),
    late: count("late"),
    rejected: count("rejected"),
    undecodable: count("undecodable"),
  };
  return { counts, counters };
}

function newFold() {
  const { counts, counters } = countingCounters();
  return { counts, fold: new PartitionFold({ parseDevice, counters }) };
}

/** The tables as the keyed engines leave them: one row per key, of the highest version. */
class Tables {
  readonly events = new Map<string, Row>();
  readonly views = new Map<string, Row>();
  readonly beats = new Map<string, Row>();

  insert(rows: CollectedRows): void {
    for (const row of rows.events) this.events.set(key(row, "events", ["environment_id", "view_id", "sequence"]), row);
    for (const row of rows.views) keepNewest(this.views, key(row, "views", ["environment_id", "view_id"]), row, 3);
    for (const row of rows.beats)
      keepNewest(this.beats, key(row, "beats", ["environment_id", "bucket", "view_id"]), row, 3);
  }

  /** Without versions, and without beats that say nothing: the same content is the same whenever it was written. */
  content(): unknown {
    const bare = (rows: Map<string, Row>) =>
      [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row.map((value, at) => (at === 3 ? 0 : value)));
    const told = new Map(
      [...this.beats].filter(([, row]) => row.slice(TOLD_FROM, -1).some((value) => value !== 0 && value !== null)),
    );
    return { events: [...this.events].sort(), views: bare(this.views), beats: bare(told) };
  }
}

/** From here on a beat's row says what happened; before it stand key, version and dimensions. */
const TOLD_FROM = COLUMNS.beats.indexOf("concurrent");

function keepNewest(table: Map<string, Row>, at: string, row: Row, versionColumn: number): void {
  const known = table.get(at);
  if (known === undefined || Number(known[versionColumn]) <= Number(row[versionColumn])) table.set(at, row);
}

function key(row: Row, table: keyof typeof COLUMNS, names: readonly string[]): string {
  return names.map((name) => String(row[(COLUMNS[table] as readonly string[]).indexOf(name)])).join("/");
}

function ticks(fromMs: number, toMs: number, stepMs = 1_000): StoredRecord[] {
  return Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, index) => tickRecord(fromMs + index * stepMs));
}

const RECORDINGS = ["html5-stall", "hlsjs-tab-close", "muxplayer-two-videos", "transport-retry-500"];

/** A player that tells no title. */
const PLAYED_ASSET = "muxplayer-playback-id";
const ASSET = { assetId: "a".repeat(44), title: "Tea at four" };

/** Several recordings at once, and ticks until all views are final. */
function busyLog(environments: readonly EnvironmentId[]): StoredRecord[] {
  const records = environments.flatMap((environment) =>
    RECORDINGS.flatMap((name) => recordedRecords(name, environment, START_MS)),
  );
  const ofAsset = environments.flatMap((environment) => recordedRecords(PLAYED_ASSET, environment, START_MS, ASSET));
  return asLog([...records, ...ofAsset, ...ticks(START_MS, START_MS + 600_000)]);
}

/** Reads a log in batches of the given lengths, collecting after each. */
function run(log: readonly StoredRecord[], lengths: readonly number[]) {
  const { counts, fold } = newFold();
  const tables = new Tables();
  for (let at = 0, turn = 0; at < log.length; turn += 1) {
    const length = lengths[turn % lengths.length] as number;
    fold.apply(log.slice(at, at + length));
    tables.insert(fold.collect());
    at += length;
  }
  return { counts, fold, tables };
}

const view = (row: Row, name: (typeof COLUMNS.views)[number]) => row[COLUMNS.views.indexOf(name)];

describe("PartitionFold", () => {
  it("keeps two environments apart that send the same view ids", () => {
    const alone = run(busyLog([ONE]), [7]);
    const both = run(busyLog([ONE, TWO]), [7]);
    const ofOne = [...both.tables.views.values()].filter((row) => row[0] === ONE).map((row) => row.toSpliced(3, 1));
    expect(ofOne).toEqual([...alone.tables.views.values()].map((row) => row.toSpliced(3, 1)));
    expect(both.tables.views.size).toBe(2 * alone.tables.views.size);
    expect(both.tables.events.size).toBe(2 * alone.tables.events.size);
    expect(both.counts.folded).toBe(2 * alone.counts.folded);
  });

  it("calls a view by the title of its asset where the player tells none, in all its rows", () => {
    const { tables } = run(
      asLog([...recordedRecords(PLAYED_ASSET, ONE, START_MS, ASSET), ...ticks(START_MS, START_MS + 600_000)]),
      [3],
    );
    const [row = []] = tables.views.values();
    expect([view(row, "video_title"), view(row, "video_id")]).toEqual(["Tea at four", "AbCdEfGh0123456789"]);
    const titles = [...tables.beats.values()].map((beat) => beat[COLUMNS.beats.indexOf("video_title")]);
    expect(new Set(titles)).toEqual(new Set(["Tea at four"]));
  });

  it("takes a title from a repeat, though it came without at first", () => {
    const bare = recordedRecords(PLAYED_ASSET, ONE, START_MS);
    const repeated = recordedRecords(PLAYED_ASSET, ONE, START_MS + 60_000, ASSET);
    const { tables, counts } = run(asLog([...bare, ...repeated, ...ticks(START_MS, START_MS + 900_000)]), [3]);
    const [row = []] = tables.views.values();
    expect([view(row, "video_title"), counts.folded, tables.views.size]).toEqual(["Tea at four", 29, 1]);
  });

  it("stores every event once, whatever is repeated", () => {
    const { counts, tables } = run(busyLog([ONE]), [5]);
    expect(tables.events.size).toBe(counts.folded);
    expect(counts).toMatchObject({ late: 0, rejected: 0, undecodable: 0 });
    expect(counts.repeated).toBeGreaterThan(20); // transport-retry-500 alone repeats 29
  });

  it("says the same however the log is cut into batches", () => {
    const log = busyLog([ONE]);
    const truth = run(log, [1]).tables.content();
    const length = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1_000 }));
    fc.assert(
      fc.property(fc.array(length, { minLength: 1, maxLength: 9 }), (lengths) => {
        expect(run(log, lengths).tables.content()).toEqual(truth);
      }),
      { numRuns: 20 },
    );
  });

  it("comes to the same tables after a crash, wherever it comes and however much is read at a time", async () => {
    const log = busyLog([ONE]);
    const truth = run(log, [3]).tables.content();
    const position = fc.nat(log.length);
    const length = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 300 }));
    await fc.assert(
      fc.asyncProperty(position, position, length, length, async (one, other, before, after) => {
        const [checkpointAt, crashAt] = [Math.min(one, other), Math.max(one, other)];
        const { fold } = newFold();
        const tables = new Tables();
        const feed = (target: PartitionFold, from: number, to: number, step: number) => {
          for (let at = from; at < to; at += step) {
            target.apply(log.slice(at, Math.min(to, at + step)));
            tables.insert(target.collect());
          }
        };
        feed(fold, 0, checkpointAt, before);
        fold.collect();
        const { records } = writeCheckpoint(0, fold, { generation: 0, chunks: [0, 0] }, 0);
        feed(fold, checkpointAt, crashAt, before); // written after the checkpoint, then forgotten by the crash
        const { fold: reborn } = newFold();
        const { found } = await readCheckpoint(0, iterate(records), reborn);
        expect(found).toBe(true);
        feed(reborn, checkpointAt, log.length, after);
        expect(tables.content()).toEqual(truth);
      }),
      { numRuns: Number(process.env["FC_RUNS"] ?? 20) },
    );
  });

  it("lets log time stand still where a stamp goes back", () => {
    const records = recordedRecords("html5-stall", ONE, START_MS).map((record, index) => ({
      ...record,
      offset: index * 100,
      nextOffset: (index + 1) * 100,
    }));
    const { fold } = newFold();
    fold.apply([tickRecord(START_MS + 3_600_000), ...records]);
    const rows = fold.collect();
    expect(rows.watermarkMs).toBe(START_MS + 3_600_000);
    expect([...fold.views.values()].map(({ state }) => state.firstSeenMs)).toEqual([START_MS + 3_600_000]);
    expect(rows.beats.some((row) => row[COLUMNS.beats.indexOf("concurrent")] === 1)).toBe(true);
  });

  it("keeps events after the end as late ones, which change nothing", () => {
    const log = recordedRecords("html5-stall", ONE, START_MS);
    const last = { ...(log.at(-1) as StoredRecord) };
    const before = asLog([...log.slice(0, -2), ...ticks(START_MS, START_MS + 4_000_000)]);
    const { counts, fold } = newFold();
    fold.apply(before);
    const rows = fold.collect();
    const folded = counts.folded;
    const late = { ...last, value: shiftArrival(last, START_MS + 4_000_000), timestampMs: START_MS + 4_000_000 };
    fold.apply([late]);
    expect(fold.collect()).toMatchObject({ views: [], beats: [] });
    expect(counts.folded).toBe(folded);
    expect(counts.late).toBeGreaterThan(0);
    expect(rows.views).toHaveLength(1);
    expect(view(rows.views[0] as Row, "ended")).toBe(0);
  });

  it("takes the newest whole checkpoint when the last one was cut off", async () => {
    const { fold } = newFold();
    fold.apply(busyLog([ONE]).slice(0, 10));
    const first = writeCheckpoint(0, fold, { generation: 0, chunks: [0, 0] }, 0);
    fold.apply(busyLog([ONE]).slice(10, 20));
    const second = writeCheckpoint(0, fold, first.trail, 0);
    for (let cut = 0; cut < second.records.length; cut += 1) {
      const { fold: reborn } = newFold();
      await readCheckpoint(0, iterate([...first.records, ...second.records.slice(0, cut)]), reborn);
      expect(reborn.nextOffset).toBe(1_000);
    }
    const { fold: reborn } = newFold();
    await readCheckpoint(0, iterate([...first.records, ...second.records]), reborn);
    expect(reborn.nextOffset).toBe(2_000);
  });
});

function shiftArrival(record: StoredRecord, arrivedAtMs: number): Buffer {
  return Buffer.from(JSON.stringify({ ...JSON.parse(record.value.toString()), arrivedAtMs }));
}

async function* iterate(records: readonly { key: string; value: Buffer }[]): AsyncIterable<StoredRecord> {
  for (const record of records) yield { ...record, partition: 0, timestampMs: 0, offset: 0, nextOffset: 0 };
}
