import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { EventLog, StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { COLUMNS } from "../sink/rows.ts";
import type { Sink } from "../sink/sink.ts";
import { arrivingAt, busyLog, run, START_MS, Tables, ticks } from "../testing/fold-run.ts";
import { asLog, recordedRecords } from "../testing/recorded-records.ts";
import { type ReplayOptions, replayLog } from "./replay.ts";

const ONE = 1 as EnvironmentId;
const HOUR_MS = 3_600_000;
const ignore = () => undefined;

function readOnlyLog(records: readonly StoredRecord[]): EventLog {
  const unused = () => Promise.reject(new Error("a replay only reads"));
  return {
    openWriter: unused,
    subscribe: unused,
    follow: unused,
    readAll: async function* () {
      yield* records;
    },
    close: async () => undefined,
  } as unknown as EventLog;
}

async function replay(records: readonly StoredRecord[], over: Partial<ReplayOptions> = {}) {
  const tables = new Tables();
  const sink: Sink = {
    store: async (rows) => tables.insert(rows),
    trouble: () => null,
  };
  const replayed = await replayLog({
    eventlog: readOnlyLog(records),
    sink,
    parseDevice: createDeviceParser(),
    counters: { rejected: ignore, undecodable: ignore },
    partitions: 1,
    signal: new AbortController().signal,
    ...over,
  });
  return { replayed, tables };
}

/** Later in time, with the same content. */
const shifted = (records: readonly StoredRecord[], byMs: number) =>
  records.map((record) => arrivingAt(record, record.timestampMs + byMs));

/** As retention leaves a log: its first records are gone, the offsets stay. */
const withoutFirst = (records: readonly StoredRecord[], count: number) => records.slice(count);

const viewIds = (tables: Tables) =>
  [...tables.views.values()].map((row) => String(row[COLUMNS.views.indexOf("view_id")])).sort();

describe("replayLog", () => {
  it("brings the rows that folding brought, whatever the batches were", async () => {
    const log = busyLog([ONE]);
    const { replayed, tables } = await replay(log);
    expect(tables.content()).toEqual(run(log, [3]).tables.content());
    expect(replayed).toMatchObject({ records: log.length, whole: true, leftOut: 0, logFromMs: START_MS });
    expect(replayed.rows.views).toBeGreaterThan(0);
  });

  it("stores only the tables asked, and no beats that have had their time", async () => {
    const log = busyLog([ONE]);
    const some = await replay(log, { tables: ["views"] });
    expect([some.tables.events.size, some.tables.beats.size]).toEqual([0, 0]);
    expect(some.tables.views.size).toBeGreaterThan(0);
    const late = await replay(log, { beatsFromMs: START_MS + 15_000 });
    const buckets = [...late.tables.beats.values()].map((row) => Number(row[COLUMNS.beats.indexOf("bucket")]));
    expect(Math.min(...buckets)).toBe((START_MS + 15_000) / 1_000);
  });

  it("leaves views alone that began before the log does", async () => {
    const early = recordedRecords("html5-stall", ONE, START_MS);
    const late = shifted(recordedRecords("hlsjs-tab-close", ONE, START_MS), 2 * HOUR_MS);
    const log = asLog([...early, ...late, ...ticks(START_MS, START_MS + 5 * HOUR_MS, 60_000)]);
    const whole = run(log, [7]).tables;
    const { replayed, tables } = await replay(withoutFirst(log, 2));
    expect(replayed).toMatchObject({ whole: false, leftOut: 1 });
    expect(viewIds(tables)).toHaveLength(1);
    expect(viewIds(whole)).toHaveLength(2);
    const [kept] = [...tables.views];
    expect(kept?.[1].toSpliced(3, 1)).toEqual(whole.views.get(kept?.[0] ?? "")?.toSpliced(3, 1));
  });

  it("does not take the repeat of a first event for a beginning", async () => {
    const records = recordedRecords("html5-stall", ONE, START_MS);
    const repeat = shifted(records.slice(0, 1), 30_000);
    const log = asLog([...records, ...repeat, ...ticks(START_MS, START_MS + 2 * HOUR_MS, 60_000)]);
    const { tables } = await replay(withoutFirst(log, 2));
    expect(viewIds(tables)).toEqual([]);
  });

  it("takes every view of the log's second day, since nothing before it can still be open", async () => {
    const cut = shifted(recordedRecords("html5-stall", ONE, START_MS).slice(2), 26 * HOUR_MS); // its first batches never came
    const log = asLog([...cut, ...ticks(START_MS, START_MS + 30 * HOUR_MS, 60_000)]);
    const { replayed, tables } = await replay(withoutFirst(log, 1));
    expect([replayed.leftOut, viewIds(tables).length]).toEqual([0, 1]);
  });
});
