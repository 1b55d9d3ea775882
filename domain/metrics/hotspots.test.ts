import { describe, expect, it } from "vitest";
import { hotspotsOf } from "./hotspots.ts";

/** A minute in tenths. */
const spots = (times: readonly number[], direction: "asc" | "desc") =>
  hotspotsOf(times, 60_000, direction).map(({ startMs, endMs, score }) => [startMs, endMs, score]);

describe("hotspotsOf", () => {
  it("finds what stands out, the highest score first", () => {
    expect(spots([5, 9, 5, 5, 5, 5, 5, 20, 5, 5], "desc")).toEqual([
      [42_000, 48_000, 0.95],
      [6_000, 12_000, 0.85],
    ]);
  });

  it("joins neighbours, with the mean of their scores", () => {
    expect(spots([1, 1, 1, 8, 9, 1, 1, 1, 1, 1], "desc")).toEqual([[18_000, 30_000, 0.9]]);
  });

  it("finds what was left out, the lowest score first", () => {
    expect(spots([9, 9, 2, 9, 9, 9, 0, 9, 9, 9], "asc")).toEqual([
      [36_000, 42_000, 0.05],
      [12_000, 18_000, 0.15],
    ]);
  });

  it("takes the first and the last quarter of a video that viewers leave evenly", () => {
    const times = Array.from({ length: 100 }, (_, at) => 200 - at * 2);
    expect(spots(times, "desc")).toEqual([[0, 15_000, 0.875]]);
    expect(spots(times, "asc")).toEqual([[45_000, 60_000, 0.125]]);
  });

  it("calls all that was played as often the same, however much of the video that is", () => {
    const times = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
    expect(spots(times, "desc")).toEqual([[0, 36_000, 0.7]]);
    expect(spots(times, "asc")).toEqual([[36_000, 60_000, 0.2]]);
  });

  it("finds nothing in what was played evenly, or not at all", () => {
    for (const times of [[100, 95, 100, 105, 100, 99, 101, 100, 100, 100], Array(10).fill(0)]) {
      expect([spots(times, "asc"), spots(times, "desc")]).toEqual([[], []]);
    }
  });

  it("ends spots where the video does", () => {
    expect(hotspotsOf([1, 1, 1, 1, 1, 1, 1, 1, 1, 5], 10_007, "desc")).toEqual([
      { startMs: 9_006, endMs: 10_007, score: 0.95 },
    ]);
  });
});
