import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { EventLog, StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { COLUMNS } from "../sink/rows.ts";
import type { Sink } from "../sink/sink.ts";
import { busyLog, run, START_MS, Tables, ticks } from "../testing/fold-run.ts";
import { longLog, shifted, withoutFirst, withoutLate } from "../testing/long-log.ts";
import { asLog, recordedRecords } from "../testing/recorded-records.ts";
import { type ReplayOptions, replayLog } from "./replay.ts";

const ONE = 1 as EnvironmentId;
const HOUR_MS = 3_600_000;
const ignore = () => undefined;

/** @param gapBefore number of the record before which others are gone */
function readOnlyLog(records: readonly StoredRecord[], hasBeginning: boolean, gapBefore?: number): EventLog {
  const unused = () => Promise.reject(new Error("a replay only reads"));
  return {
    openWriter: unused,
    subscribe: unused,
    follow: unused,
    hasBeginning: async () => hasBeginning,
    readAll: async function* (_topic: string, _partition: number, onGap: () => void) {
      for (const [at, record] of records.entries()) {
        if (at === gapBefore) onGap();
        yield record;
      }
    },
    close: async () => undefined,
  } as unknown as EventLog;
}

async function replay(
  records: readonly StoredRecord[],
  { cut = false, gapBefore, tables = new Tables(), only, ...over }: ReplayTrial = {},
) {
  const sink: Sink = {
    store: async (rows) => tables.insert(rows),
    trouble: () => null,
  };
  const replayed = await replayLog({
    eventlog: readOnlyLog(records, !cut, gapBefore),
    sink,
    parseDevice: createDeviceParser(),
    counters: { rejected: ignore, undecodable: ignore },
    partitions: 1,
    signal: new AbortController().signal,
    ...(only === undefined ? {} : { tables: only }),
    ...over,
  });
  return { replayed, tables };
}

interface ReplayTrial extends Partial<Omit<ReplayOptions, "tables">> {
  /** The log has let go of records. */
  cut?: boolean;
  gapBefore?: number;
  /** What is stored already. */
  tables?: Tables;
  only?: ReplayOptions["tables"];
}

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
    const some = await replay(log, { only: ["views"] });
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
    const { replayed, tables } = await replay(withoutFirst(log, 2), { cut: true });
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
    const { tables } = await replay(withoutFirst(log, 2), { cut: true });
    expect(viewIds(tables)).toEqual([]);
  });

  it("takes every view once the fold has forgotten all that was before the log", async () => {
    const cut = shifted(recordedRecords("html5-stall", ONE, START_MS).slice(2), 27 * HOUR_MS); // its first batches never came
    const log = asLog([...cut, ...ticks(START_MS, START_MS + 30 * HOUR_MS, 60_000)]);
    const { replayed, tables } = await replay(withoutFirst(log, 1), { cut: true });
    expect([replayed.leftOut, viewIds(tables).length]).toEqual([0, 1]);
  });

  it("takes a whole log for whole, whatever its first position is", async () => {
    const log = busyLog([ONE]).slice(1); // the first record is another partition's
    const { replayed, tables } = await replay(log);
    expect(replayed).toMatchObject({ whole: true, leftOut: 0 });
    expect(tables.content()).toEqual(run(log, [3]).tables.content());
  });

  it("leaves every stored row as it is, wherever the log was cut or has a gap", async () => {
    const log = longLog();
    const stored = run(log, [7]).tables;
    const cuts = log.flatMap(({ value }, at) => (value.includes("tickMs") ? [] : [at, at + 1]));
    for (const at of [...cuts, 100, 200, log.length - 1]) {
      const damaged = [log.slice(0, at), log.slice(at + 1)].flat();
      const trials = [replay(withoutFirst(log, at), { cut: true, tables: stored.copy() })];
      if (at + 1 < log.length) trials.push(replay(damaged, { gapBefore: at, tables: stored.copy() }));
      for (const { tables } of await Promise.all(trials)) {
        expect(withoutLate(tables), `at record ${at}`).toEqual(withoutLate(stored));
      }
    }
  });

  it("puts nothing older in the place of what a collector at work has stored since", async () => {
    const log = busyLog([ONE]);
    const stored = run(log, [7]).tables;
    for (let end = 20; end < log.length; end += 45) {
      const { tables } = await replay(log.slice(0, end), { tables: stored.copy() });
      expect(tables.content(), `read to ${end}`).toEqual(stored.content());
    }
  });

  it("says from when on it has every view", async () => {
    const log = longLog();
    const stored = run(log, [7]).tables;
    const firstSeen = (row: readonly unknown[]) => Number(row[COLUMNS.views.indexOf("first_seen")]);
    let least = Number.POSITIVE_INFINITY;
    for (let cut = 1; cut < log.length; cut += 40) {
      const { replayed, tables } = await replay(withoutFirst(log, cut), { cut: true });
      const fromMs = replayed.allFromMs ?? Number.NaN;
      const missing = [...stored.views].filter(([key, row]) => firstSeen(row) >= fromMs && !tables.views.has(key));
      expect(missing).toEqual([]);
      least = Math.min(least, tables.views.size);
      expect(fromMs).toBeLessThan(START_MS + 37 * HOUR_MS);
    }
    expect(least).toBeLessThan(stored.views.size);
  });
});
