import { describe, expect, it, vi } from "vitest";
import { type ClickHouse, ClickHouseError, type InsertRows } from "../../platform/clickhouse/clickhouse.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createSink } from "./sink.ts";

/** A store that keeps what it is told to keep. */
function memoryStore(refusal: (rows: InsertRows) => ClickHouseError | null) {
  const stored: unknown[] = [];
  const insert: ClickHouse["insert"] = async (_table, _columns, rows) => {
    const error = refusal(rows);
    if (error !== null) throw error;
    stored.push(...rows);
  };
  const clickhouse = { insert } as ClickHouse; // the rest is not used
  const sink = createSink({ clickhouse, log: createLogger("test", "silent"), metrics: createMetrics("test") });
  return { stored, sink };
}

const ROWS = [["a"], ["bad"], ["c"]];

describe("the sink", () => {
  it("leaves out a row that the store refuses for its content, and stores those beside it", async () => {
    const { stored, sink } = memoryStore((rows) =>
      [...rows].some(([text]) => text === "bad") ? new ClickHouseError("cannot parse", 27, false) : null,
    );
    await sink.store({ views: ROWS }, new AbortController().signal);
    expect(stored).toEqual([["a"], ["c"]]);
  });

  it.each([
    ["a table that is not made yet", 60],
    ["a column of a schema to come", 16],
    ["a password that was changed", 516],
    ["a right that was taken", 497],
    ["a disk that does not sync", 204],
    ["memory that the system does not give", 173],
    ["an error of a library", 1000],
    ["a table of other types", 53],
    ["a mistake of the engine", 49],
    ["an error of a release to come", 4_321],
  ])("waits for %s, and loses no row", async (_, code) => {
    let isMended = false;
    const { stored, sink } = memoryStore(() => (isMended ? null : new ClickHouseError("not now", code, false)));
    const storing = sink.store({ views: ROWS }, new AbortController().signal);
    await vi.waitFor(() => expect(sink.trouble()).toBe("not now"));
    isMended = true;
    await storing;
    expect([stored, sink.trouble()]).toEqual([ROWS, null]);
  });

  it("halves an insert that takes more memory than the store has, and loses no row", async () => {
    const sizes: number[] = [];
    const { stored, sink } = memoryStore((rows) => {
      sizes.push(rows.length);
      return rows.length > 2 ? new ClickHouseError("memory limit exceeded", 241, true) : null;
    });
    const rows = Array.from({ length: 7 }, (_, index) => [index]);
    await sink.store({ views: rows }, new AbortController().signal);
    expect([stored, sink.trouble()]).toEqual([rows, null]);
    expect(sizes).toEqual([7, 3, 1, 2, 4, 2, 2]);
  });

  it("tells of one table's trouble though others take their rows", async () => {
    const closing = new AbortController();
    const { sink } = memoryStore((rows) =>
      [...rows].some(([text]) => text === "view") ? new ClickHouseError("no views", null, true) : null,
    );
    const storing = sink.store({ views: [["view"]], beats: ROWS }, closing.signal);
    await vi.waitFor(() => expect(sink.trouble()).toBe("no views"));
    closing.abort();
    await expect(storing).rejects.toThrow();
    await sink.store({ beats: ROWS }, new AbortController().signal);
    expect(sink.trouble()).toBe("no views");
  });
});
