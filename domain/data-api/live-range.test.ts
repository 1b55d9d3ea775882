import { describe, expect, it } from "vitest";
import {
  heldBack,
  type LiveClock,
  liveBreakdownRange,
  liveBucket,
  liveHistogramRange,
  liveSeriesRange,
} from "./live-range.ts";

const NOW = Date.UTC(2026, 10, 26, 3, 0, 8, 250);
/** Stored up to two seconds ago, in the bucket that began at :05. */
const CLOCK: LiveClock = { nowMs: NOW, asOfMs: NOW - 2_000 };
const NEWEST = Date.UTC(2026, 10, 26, 3, 0, 5);
const [END, DAY, HALF_HOUR] = [NEWEST + 5_000, 86_400_000, 1_800_000];
const seconds = (ms: number) => Math.floor(ms / 1_000);

describe("timestamp", () => {
  it.each([
    ["nothing", undefined, NEWEST],
    ["a moment", seconds(NOW) - 600, NEWEST - 600_000],
    ["now, which is not stored yet", seconds(NOW), NEWEST],
    ["now on a clock that is ahead", seconds(NOW) + 50, NEWEST],
    ["24 hours ago", seconds(NOW) - 86_400, NEWEST - DAY],
  ])("%s", (_, timestamp, bucketMs) => {
    expect(liveBucket(timestamp, CLOCK)).toBe(bucketMs);
  });

  it.each([
    [seconds(NOW) - 86_400 - 61, /timestamp: give Unix seconds of the last 24 hours/],
    [0, /the last 24 hours/],
    [seconds(NOW) + 120, /timestamp: lies in the future/],
    [NOW, /are these milliseconds\?/],
  ])("refuses %i", (timestamp, why) => {
    expect(() => liveBucket(timestamp, CLOCK)).toThrow(why);
  });

  it("stays with what is stored while nothing more comes", () => {
    const stalled = { nowMs: NOW + 3_600_000, asOfMs: CLOCK.asOfMs };
    expect(liveBucket(undefined, stalled)).toBe(NEWEST);
    expect(liveBucket(seconds(stalled.nowMs), stalled)).toBe(NEWEST);
  });
});

describe("the newest bucket", () => {
  it.each([2_000, 1_250, 7_000])("of a share was over ten seconds before everything was stored, %i ms ago", (agoMs) => {
    const clock = { nowMs: NOW, asOfMs: NOW - agoMs };
    const endMs = liveBucket(undefined, heldBack(clock, { unit: "ratio" })) + 5_000;
    expect(clock.asOfMs - endMs).toBeGreaterThanOrEqual(10_000);
    expect(clock.asOfMs - endMs).toBeLessThan(15_000);
  });

  it("of viewers is the one that is under way", () => {
    expect(liveBucket(undefined, heldBack(CLOCK, { unit: "count" }))).toBe(NEWEST);
  });
});

describe("a timeseries", () => {
  it("is the newest 360 buckets, or as many from a moment on as are stored", () => {
    expect(liveSeriesRange(undefined, CLOCK)).toEqual({ fromMs: END - HALF_HOUR, toMs: END });
    const hourAgo = NEWEST - 3_600_000;
    expect(liveSeriesRange(seconds(hourAgo), CLOCK)).toEqual({ fromMs: hourAgo, toMs: hourAgo + HALF_HOUR });
    expect(liveSeriesRange(seconds(NEWEST) - 60, CLOCK)).toEqual({ fromMs: NEWEST - 60_000, toMs: END });
  });
});

describe("timeframe[] of a breakdown over time", () => {
  it.each([
    ["nothing", [], END - 60_000, END],
    ["a span", ["10:minutes"], END - 600_000, END],
    ["two moments", [`${seconds(NEWEST) - 601}`, `${seconds(NEWEST) - 599}`], NEWEST - 605_000, NEWEST - 595_000],
    ["an end that is not stored yet", [`${seconds(NEWEST) - 5}`, `${seconds(NEWEST) + 30}`], NEWEST - 5_000, END],
    ["a beginning that is not stored yet", [`${seconds(NEWEST) + 5}`, `${seconds(NEWEST) + 30}`], NEWEST, END],
  ])("%s", (_, values, fromMs, toMs) => {
    expect(liveBreakdownRange(values, CLOCK)).toEqual({ fromMs, toMs });
  });

  it.each([
    [["11:minutes"], /timeframe\[\]: may be 10 minutes long at most/],
    [["1:days"], /10 minutes/],
    [[`${seconds(NOW) - 90_000}`, `${seconds(NOW) - 89_990}`], /timeframe\[\]: give Unix seconds of the last 24 hours/],
    [[`${seconds(NOW) + 90_000}`, `${seconds(NOW) + 90_010}`], /timeframe\[\]: lies in the future/],
    [["soon"], /timeframe\[\]: give two times/],
  ])("refuses %j", (values, why) => {
    expect(() => liveBreakdownRange(values, CLOCK)).toThrow(why);
  });
});

it("draws start-up times of 30 whole minutes", () => {
  const toMs = Date.UTC(2026, 10, 26, 3, 1, 0);
  expect(liveHistogramRange(CLOCK)).toEqual({ fromMs: toMs - HALF_HOUR, toMs });
});
