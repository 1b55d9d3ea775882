import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { encodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { COLUMNS, type Row } from "../sink/rows.ts";
import { newFold, START_MS, ticks } from "../testing/fold-run.ts";
import { asLog } from "../testing/recorded-records.ts";

const MINUTE_MS = 60_000;

/** An event by number and name, so many minutes after the first. */
type Arrival = readonly [sequence: number, minutes: number, name?: string];

function record([sequence, minutes, name = "hb"]: Arrival): StoredRecord {
  const arrivedAtMs = START_MS + minutes * MINUTE_MS;
  const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
  const head = { environmentId: 1 as EnvironmentId, viewId: "v", arrivedAtMs, transmittedAtMs: arrivedAtMs, context };
  const event = { e: sequence === 1 ? "play" : name, xid: "v", xsqno: sequence, uti: arrivedAtMs };
  const value = Buffer.from(encodeBeaconRecord(head, JSON.stringify({ events: [event] })));
  return { partition: 0, key: "", value, timestampMs: arrivedAtMs, offset: 0, nextOffset: 0 };
}

const column = (row: Row, name: string) => row[COLUMNS.views.indexOf(name)];

/** Rows of the view as they were made: when they last had news, and when they were made, in minutes. */
function rowsOf(arrivals: readonly Arrival[], untilMinutes: number) {
  const fold = newFold();
  const log = asLog([...arrivals.map(record), ...ticks(START_MS, START_MS + untilMinutes * MINUTE_MS, MINUTE_MS / 2)]);
  const rows = log.flatMap((each) => {
    fold.apply([each]);
    const { views, watermarkMs } = fold.collect();
    return views.map((row) => ({ row, madeMs: watermarkMs }));
  });
  const minutes = (atMs: number) => (atMs - START_MS) / MINUTE_MS;
  return rows.map(({ row, madeMs }) => ({
    lastNews: minutes(new Date(column(row, "last_seen") as string | number).getTime()),
    made: minutes(madeMs),
    events: column(row, "event_count"),
  }));
}

describe("a view that last had news at a time", () => {
  it("is over an hour later, though its events are repeated", () => {
    const repeats = Array.from({ length: 160 }, (_, at): Arrival => [2, 10 + at / 2]);
    expect(rowsOf([[1, 0], [2, 10], ...repeats], 100)).toEqual([
      { lastNews: 0, made: 1, events: 1 },
      { lastNews: 10, made: 11, events: 2 },
      { lastNews: 10, made: 70, events: 2 },
    ]);
  });

  it("takes nothing more then, though a repeat came within the hour", () => {
    const rows = rowsOf(
      [
        [1, 0],
        [2, 10],
        [2, 60],
        [3, 110],
      ],
      200,
    );
    expect(rows.at(-1)).toEqual({ lastNews: 10, made: 70, events: 2 });
  });

  it("had it when a straggler came, too", () => {
    const rows = rowsOf(
      [
        [1, 0],
        [3, 10],
        [2, 60],
      ],
      200,
    );
    expect(rows.at(-1)).toEqual({ lastNews: 60, made: 120, events: 3 });
  });

  it("is stored for the last time within an hour, and never with older news, whatever comes", () => {
    const arrival = fc.tuple(
      ...([fc.integer({ min: 1, max: 6 }), fc.nat(300)] as const),
      fc.constantFrom("hb", "playing", "viewend"),
    );
    fc.assert(
      fc.property(fc.array(arrival, { minLength: 1, maxLength: 14 }), (arrivals) => {
        const rows = rowsOf(arrivals, 400);
        for (const { lastNews, made } of rows) expect(made - lastNews).toBeLessThanOrEqual(60);
        const news = rows.map(({ lastNews }) => lastNews);
        expect(news).toEqual(news.toSorted((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
  });
});
