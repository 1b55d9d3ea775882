import { describe, expect, it } from "vitest";
import { type Moment, played, T } from "../testing/play.ts";

function completed(at: number, firstByteMs: number | null, loadedMs: number, bytes: number): Moment {
  const [start, end] = [T + at, T + at + loadedMs];
  const told = { request_start: start, request_response_end: end, request_bytes_loaded: bytes };
  return [
    "requestcompleted",
    at,
    firstByteMs === null ? told : { ...told, request_response_start: start + firstByteMs },
  ];
}

describe("requests", () => {
  it("are counted and averaged over the view's own", () => {
    const record = played([
      completed(0, 100, 300, 20_000),
      completed(10, 50, 250, 40_000),
      completed(20, 30, 30, 999), // came at once: says nothing of the rate
      ["requestfailed", 30, { request_start: T }],
      ["requestfailed", 31],
      ["requestcanceled", 32],
    ]);
    expect(record).toMatchObject({ requestCount: 6, requestFailedCount: 2, requestCanceledCount: 1 });
    expect(record).toMatchObject({ requestBytes: 60_999, requestLatencyMs: 60, maxRequestLatencyMs: 100 });
    expect(record.requestThroughput).toBeCloseTo((60_000 * 8) / 0.4, 6);
  });

  it("whose first byte is not told are measured from their start, and tell no latency", () => {
    const record = played([completed(0, null, 500, 10_000)]);
    expect(record).toMatchObject({ requestThroughput: 160_000, requestLatencyMs: null, maxRequestLatencyMs: null });
  });

  it("count only where they happened: snapshots repeat the last one", () => {
    const [, , told = {}] = completed(0, 100, 300, 20_000);
    expect(played([completed(0, 100, 300, 20_000), ["viewend", 9, told], ["cdnchange", 9, told]])).toMatchObject({
      ...{ requestCount: 1, requestBytes: 20_000 },
    });
  });

  it("are the client's own figures only in the first view of a player, and only where no event tells", () => {
    const counters = {
      ...{ view_request_count: 9, view_request_failed_count: 2, view_average_request_latency: 80 },
      ...{ view_max_request_latency: 200, view_average_request_throughput: 5e6 },
    };
    const view = (count: number, ...more: Moment[]) =>
      played([["viewend", 0, { ...counters, player_view_count: count }], ...more]);
    expect(view(1)).toMatchObject({ requestCount: 9, requestFailedCount: 2, requestLatencyMs: 80 });
    expect(view(1)).toMatchObject({ maxRequestLatencyMs: 200, requestThroughput: 5e6 });
    expect(view(2)).toMatchObject({ requestCount: 0, requestLatencyMs: null, requestThroughput: null });
    expect(view(1, completed(0, 10, 20, 100))).toMatchObject({ requestCount: 1, requestLatencyMs: 10 });
  });

  it("of sizes and lengths that nobody can have measured tell nothing by them, whatever came before", () => {
    const absurd = [completed(0, 10, 20, 1e300), completed(0, 2 * 86_400_000, 4 * 86_400_000, 5)];
    const record = played([completed(0, 10, 20, 1_000), ...absurd]);
    expect(record).toMatchObject({ requestCount: 3, requestBytes: 1_005, requestLatencyMs: 10 });
    expect(record.requestThroughput).toBeCloseTo((1_000 * 8) / 0.01, 6);
  });

  it("that came faster than any network say nothing of it", () => {
    const record = played([completed(0, 10, 1_010, 1_000), completed(10, 10, 11, 200_000_000)]);
    expect(record).toMatchObject({ requestThroughput: 8_000, requestBytes: 200_001_000, requestLatencyMs: 10 });
  });

  it("with times in an order that cannot be tell nothing by them", () => {
    expect(played([completed(0, -50, 30, 100)]).requestLatencyMs).toBeNull(); // first byte before the request
    expect(played([completed(0, 50, 10, 100)]).requestThroughput).toBeNull(); // end before the first byte
  });
});
