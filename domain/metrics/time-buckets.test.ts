import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { bucketStarts, bucketsOf, defaultGranularity, fillBuckets, pointStarts } from "./time-buckets.ts";

const HOUR_MS = 3_600_000;
const iso = (times: readonly number[]) => times.map((ms) => new Date(ms).toISOString().slice(0, 16));

describe("defaultGranularity", () => {
  it.each([
    [90 * 60_000 - 1, "minute"],
    [90 * 60_000, "ten_minutes"],
    [6 * HOUR_MS - 1, "ten_minutes"],
    [6 * HOUR_MS, "hour"],
    [15 * 24 * HOUR_MS, "hour"],
    [15 * 24 * HOUR_MS + 1, "day"],
  ])("takes for %i ms the %s", (rangeMs, granularity) => {
    expect(defaultGranularity(rangeMs)).toBe(granularity);
  });
});

describe("bucketStarts", () => {
  const from = Date.UTC(2026, 2, 28, 10, 7, 3);

  it("begins with the bucket that holds the start, and ends before the end", () => {
    expect(iso(bucketStarts(from, from + 2 * 60_000, "minute"))).toEqual([
      "2026-03-28T10:07",
      "2026-03-28T10:08",
      "2026-03-28T10:09",
    ]);
    expect(iso(bucketStarts(from, Date.UTC(2026, 2, 28, 10, 20), "ten_minutes"))).toEqual([
      "2026-03-28T10:00",
      "2026-03-28T10:10",
    ]);
    expect(bucketStarts(from, from, "hour")).toEqual([Date.UTC(2026, 2, 28, 10)]);
  });

  it("lets local days follow the clocks: Berlin's 29 March 2026 has 23 hours", () => {
    expect(iso(bucketStarts(from, from + 48 * HOUR_MS, "day", "Europe/Berlin"))).toEqual([
      "2026-03-27T23:00",
      "2026-03-28T23:00",
      "2026-03-29T22:00",
    ]);
  });

  it("lets a day begin at one where midnight is skipped: Beirut's 29 March 2026", () => {
    expect(iso(bucketStarts(from, from + 48 * HOUR_MS, "day", "Asia/Beirut"))).toEqual([
      "2026-03-27T22:00",
      "2026-03-28T22:00",
      "2026-03-29T21:00",
    ]);
  });

  it("begins hours where the zone's clocks do: Chatham is 12:45 ahead, 13:45 in summer", () => {
    expect(iso(bucketStarts(from, from + HOUR_MS, "hour", "Pacific/Chatham"))).toEqual([
      "2026-03-28T09:15",
      "2026-03-28T10:15",
    ]);
  });

  it("covers every moment of a range once, in order", () => {
    const zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Chatham", "Asia/Kathmandu", "America/Havana"];
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2027, 0) }),
        fc.integer({ min: 1, max: 40 * 24 * HOUR_MS }),
        fc.constantFrom(...zones),
        (fromMs, lengthMs, zone) => {
          const starts = bucketStarts(fromMs, fromMs + lengthMs, "day", zone);
          const lengths = starts.slice(1).map((start, at) => start - (starts[at] ?? 0));
          expect(starts[0]).toBeLessThanOrEqual(fromMs);
          expect(starts.at(-1)).toBeLessThan(fromMs + lengthMs);
          for (const length of lengths) expect([23, 24, 25]).toContain(length / HOUR_MS);
        },
      ),
    );
  });

  it.each(["Middle/Earth", "europe/berlin", "+05:30", "utc", "", "UTC "])("refuses a zone called %j", (zone) => {
    expect(() => bucketStarts(from, from + 1, "day", zone)).toThrow(RangeError);
  });

  it.each([
    "UTC",
    "Asia/Calcutta",
    "Asia/Kolkata",
    "America/Argentina/Ushuaia",
    "Etc/GMT+5",
    "Etc/UTC",
    "GMT",
    "US/Pacific",
    "EST5EDT",
  ])("takes zones by either name: %s", (zone) => {
    expect(bucketStarts(from, from + 1, "day", zone)).toHaveLength(1);
  });

  it("refuses more than an answer may hold, at once", () => {
    expect(bucketStarts(0, 25_000 * HOUR_MS, "hour")).toHaveLength(25_000);
    expect(() => bucketStarts(0, 25_000 * HOUR_MS + 1, "hour")).toThrow(/shorter range or wider/);
    expect(() => bucketStarts(0, 25_001 * 24 * HOUR_MS, "day")).toThrow(/shorter range$/);
    expect(() => bucketStarts(0, Number.MAX_SAFE_INTEGER, "day", "Europe/Berlin")).toThrow(RangeError);
    expect(() => bucketStarts(0, Number.NaN, "day")).toThrow(RangeError);
  });
});

describe("bucketsOf", () => {
  it("end where the next begins, the last beyond the range", () => {
    const [fromMs, toMs] = [Date.UTC(2026, 2, 28, 12), Date.UTC(2026, 2, 29, 12)];
    const days = bucketsOf({ fromMs, toMs, granularity: "day", timeZone: "Europe/Berlin" });
    expect(days.map(({ startMs, endMs }) => iso([startMs, endMs]))).toEqual([
      ["2026-03-27T23:00", "2026-03-28T23:00"],
      ["2026-03-28T23:00", "2026-03-29T22:00"],
    ]);
  });
});

describe("pointStarts", () => {
  const midnight = Date.UTC(2026, 2, 28);

  it("count both ends: three days by the hour are 73 points, wherever they begin", () => {
    for (const fromMs of [midnight, midnight + 1, midnight + HOUR_MS / 2]) {
      expect(pointStarts(fromMs, fromMs + 72 * HOUR_MS, "hour")).toHaveLength(73);
    }
    expect(bucketStarts(midnight, midnight + 72 * HOUR_MS, "hour")).toHaveLength(72);
  });

  it("are one more than the most buckets a series has", () => {
    expect(pointStarts(0, 25_000 * HOUR_MS, "hour")).toHaveLength(25_001);
    expect(() => pointStarts(0, 25_000 * HOUR_MS + 1, "hour")).toThrow(RangeError);
  });

  it("are found by few questions for the time of day, however many years they are of", () => {
    const formatToParts = vi.spyOn(Intl.DateTimeFormat.prototype, "formatToParts");
    const [fromMs, toMs] = [0, Date.UTC(2038, 0)];
    const days = pointStarts(fromMs, toMs, "day", "America/Sao_Paulo");
    expect(formatToParts.mock.calls.length).toBeLessThan(10_000);
    formatToParts.mockRestore();
    const days25 = days.slice(1).filter((start, at) => start - (days[at] ?? 0) === 25 * HOUR_MS);
    expect(days25.length).toBeGreaterThan(30);
  });
});

describe("fillBuckets", () => {
  it("adds the buckets without views where they belong", () => {
    const points = [{ start_ms: 60_000, value: 3, views: 2 }];
    const filled = fillBuckets(points, [0, 60_000], (start_ms) => ({ start_ms, value: 0, views: 0 }));
    expect(filled).toEqual([{ start_ms: 0, value: 0, views: 0 }, ...points]);
    expect(fillBuckets(points, [0], (start_ms) => ({ start_ms, value: 0, views: 0 }))).toEqual(filled);
  });
});
