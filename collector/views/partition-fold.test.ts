import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { InsertRows } from "../../platform/clickhouse/clickhouse.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { COLUMNS, type Row } from "../sink/rows.ts";
import { ASSET, arrivingAt, busyLog, newFold, PLAYED_ASSET, run, START_MS, ticks } from "../testing/fold-run.ts";
import { asLog, recordedRecords, tickRecord } from "../testing/recorded-records.ts";
import { unaccounted } from "./event-counts.ts";

const ONE = 1 as EnvironmentId;
const TWO = 2 as EnvironmentId;

const view = (row: Row, name: (typeof COLUMNS.views)[number]) => row[COLUMNS.views.indexOf(name)];

const lateMarks = (lines: InsertRows): number[] =>
  [...lines].map((line) => JSON.parse(String(line))[COLUMNS.events.indexOf("late")]);

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
    expect(counts).toMatchObject({ late: 0, rejected: 0 });
    expect(unaccounted(counts)).toBe(0);
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

  it("says the same too where a field alone changes the course of a view", () => {
    const tell = (record: StoredRecord): StoredRecord => ({
      ...record,
      value: Buffer.from(record.value.toString().replace('"e":"hb"', '"e":"hb","xpgch":true')),
    });
    const records = recordedRecords("hlsjs-normal", ONE, START_MS).slice(0, -3).map(tell); // its last events are none
    const log = asLog([...records, ...ticks(START_MS, START_MS + 400_000)]);
    const [each, all] = [run(log, [1]), run(log, [1_000])];
    const [row = []] = each.tables.views.values();
    expect([view(row, "ended"), view(row, "startup_ms")]).toEqual([0, null]);
    expect(each.tables.content()).toEqual(all.tables.content());
  });

  it("lets log time stand still where a stamp goes back", () => {
    const records = recordedRecords("html5-stall", ONE, START_MS).map((record, index) => ({
      ...record,
      offset: index * 100,
      nextOffset: (index + 1) * 100,
    }));
    const fold = newFold();
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
    const fold = newFold();
    const { counts } = fold;
    fold.apply(before);
    const rows = fold.collect();
    const folded = counts.folded;
    fold.apply([arrivingAt(last, START_MS + 4_000_000)]);
    const late = fold.collect();
    expect(late).toMatchObject({ views: [], beats: [] });
    expect([rows, late].map(({ events }) => new Set(lateMarks(events)))).toEqual([new Set([0]), new Set([1])]);
    expect(counts.folded).toBe(folded);
    expect(counts.late).toBeGreaterThan(0);
    expect(rows.views).toHaveLength(1);
    expect(view(rows.views[0] as Row, "ended")).toBe(0);
  });

  it.each([
    [23, 1],
    [72, 2], // who sends again must not send this
  ])("counts a view that is told again %i hours after its end %i times", (hours, views) => {
    const log = recordedRecords("html5-stall", ONE, START_MS);
    const again = log.map((record) => arrivingAt(record, record.timestampMs + hours * 3_600_000));
    const toMs = START_MS + hours * 3_600_000 + 600_000;
    const { tables } = run(asLog([...log, ...again, ...ticks(START_MS, toMs, 60_000)]), [7]);
    expect([...tables.views.values()].map((row) => view(row, "counted"))).toEqual(
      Array.from({ length: views }, () => 1),
    );
  });
});
