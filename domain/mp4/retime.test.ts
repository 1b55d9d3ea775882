import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retime } from "./retime.ts";

const distinctTimes = fc.uniqueArray(fc.nat(2 ** 40), { minLength: 1, maxLength: 200 });

describe("retime", () => {
  it("decodes B-frames in order and shows them at their own times", () => {
    expect(retime([100, 300, 200, 400], 500)).toEqual({
      baseDecodeTime: 100,
      timing: [
        { duration: 100, ctsOffset: 0 },
        { duration: 100, ctsOffset: 100 },
        { duration: 100, ctsOffset: -100 },
        { duration: 100, ctsOffset: 0 },
      ],
    });
  });

  it("gives durations that add up to the segment, and every sample its time, for any times in any order", () => {
    fc.assert(
      fc.property(distinctTimes, fc.integer({ min: 1, max: 10_000 }), (times, rest) => {
        const end = Math.max(...times) + rest;
        const { baseDecodeTime, timing } = retime(times, end);
        expect(baseDecodeTime).toBe(Math.min(...times));
        let decodeTime = baseDecodeTime;
        for (const [at, { duration, ctsOffset }] of timing.entries()) {
          expect(decodeTime + ctsOffset).toBe(times[at]);
          expect(duration).toBeGreaterThan(0);
          decodeTime += duration;
        }
        expect(decodeTime).toBe(end);
      }),
    );
  });

  it.each<[string, number[], number]>([
    ["no samples", [], 10],
    ["two samples at one time", [5, 3, 5], 10],
    ["an end at the last sample", [5, 10], 10],
    ["an end before the last sample", [5, 20], 10],
    ["an end that is no number", [5, 20], Number.NaN],
    ["a time that is no number", [5, Number.NaN], 10],
    ["a time that is no whole number", [5, 6.5], 10],
  ])("refuses %s", (_, times, end) => {
    expect(() => retime(times, end)).toThrow(RangeError);
  });
});
