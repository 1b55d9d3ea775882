import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { COLUMNS, type Row } from "../sink/rows.ts";
import { newFold, START_MS, ticks } from "../testing/fold-run.ts";
import { asLog, recordedRecords } from "../testing/recorded-records.ts";

const ENVIRONMENT = 1 as EnvironmentId;
const MINUTE_MS = 60_000;

/** Rows of table `views`, in the order in which they were made, collecting after each record. */
function viewRows(records: readonly StoredRecord[]): Row[] {
  const fold = newFold();
  return asLog(records).flatMap((record) => {
    fold.apply([record]);
    return fold.collect().views;
  });
}

const column = (row: Row, name: string) => row[COLUMNS.views.indexOf(name)];

describe("rows of a view", () => {
  const whole = recordedRecords("html5-stall", ENVIRONMENT, START_MS);

  it("that nobody ended: one when it is complete, one more when it is known to be dropped", () => {
    const rows = viewRows([...whole.slice(0, -2), ...ticks(START_MS, START_MS + 70 * MINUTE_MS)]);
    expect(rows.map((row) => column(row, "view_dropped"))).toEqual([0, 1]);
    expect(rows.map((row) => column(row, "ended"))).toEqual([0, 0]);
    const [complete = [], final = []] = rows;
    expect(Number(column(final, "version"))).toBeGreaterThan(Number(column(complete, "version")));
    const bare = (row: Row) =>
      COLUMNS.views.filter((name) => !["version", "view_dropped"].includes(name)).map((name) => column(row, name));
    expect(bare(final)).toEqual(bare(complete));
  });

  it("that ended: one, though its last batch is sent twice", () => {
    const rows = viewRows([...whole, ...ticks(START_MS, START_MS + 70 * MINUTE_MS)]);
    expect(rows.map((row) => [column(row, "ended"), column(row, "view_dropped")])).toEqual([[1, 0]]);
  });

  it("that went on after it was complete: one more", () => {
    const later = recordedRecords("html5-stall", ENVIRONMENT, START_MS + 30 * MINUTE_MS).slice(-2);
    const rows = viewRows([...whole.slice(0, -2), ...later, ...ticks(START_MS, START_MS + 40 * MINUTE_MS)]);
    expect(rows.map((row) => column(row, "ended"))).toEqual([0, 1]);
    expect(rows.map((row) => column(row, "first_seen"))).toEqual(rows.map(() => column(rows[0] as Row, "first_seen")));
  });

  it("that nobody wanted to see: kept, and counted nowhere", () => {
    const first = whole[0] as StoredRecord;
    const body = JSON.parse(first.value.toString()) as { body: { events: { e: string }[] } };
    const loaded = body.body.events.filter(({ e }) => ["networkchange", "playerready", "loadstart"].includes(e));
    const record = { ...first, value: Buffer.from(JSON.stringify({ ...body, body: { events: loaded } })) };
    const rows = viewRows([record, ...ticks(START_MS, START_MS + 2 * MINUTE_MS)]);
    expect(rows.map((row) => [column(row, "counted"), column(row, "event_count")])).toEqual([[0, loaded.length]]);
  });
});
