import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodedSampleRate, PACKET_SAMPLES, plannedGrid, soundGrid } from "./sound-grid.ts";
import { heardTicks, soundBoundaries, soundCuts, soundEndSeconds } from "./sound-index.ts";
import { soundRun } from "./sound-runs.ts";

describe("soundGrid", () => {
  it("begins with the encoder's priming, which is not heard, and covers the source to its end", () => {
    const grid = soundGrid(48_000, 10);
    expect([heardTicks(grid, 0), heardTicks(grid, 1)]).toEqual([-PACKET_SAMPLES, 0]);
    expect(soundEndSeconds(grid)).toBeGreaterThanOrEqual(10);
    expect(soundEndSeconds(grid)).toBeLessThan(10 + PACKET_SAMPLES / 48_000);
  });

  it("is found again in what was planned by it, to the packet", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 3_600, noNaN: true }), fc.constantFrom(44_100, 48_000), (end, rate) => {
        const grid = soundGrid(rate, end);
        const boundaries = soundBoundaries(grid, soundCuts(grid, [0, end / 2, end]));
        expect(plannedGrid({ sampleRate: rate, boundaries }).endPacket).toBe(grid.endPacket);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [44_100, 44_100],
    [22_050, 44_100],
    [88_200, 44_100],
    [48_000, 48_000],
    [8_000, 48_000],
    [32_000, 48_000],
    [0, 48_000],
  ])("of %i Hz has %i Hz", (source, encoded) => {
    expect(encodedSampleRate(source)).toBe(encoded);
  });
});

describe("soundRun", () => {
  const boundariesOf = (lengths: readonly number[]) => {
    const plan = [0];
    for (const seconds of lengths) plan.push((plan.at(-1) ?? 0) + seconds);
    const grid = soundGrid(48_000, plan.at(-1) ?? 0);
    return { timescale: 48_000, boundaries: soundCuts(grid, plan).map((place) => place * PACKET_SAMPLES) };
  };

  it("is short at first, then about half a minute", () => {
    const rendition = boundariesOf([2, 2, 4, ...Array<number>(20).fill(4)]);
    expect(soundRun(rendition, 0)).toEqual({ first: 0, end: 3 });
    expect(soundRun(rendition, 2)).toEqual({ first: 0, end: 3 });
    expect(soundRun(rendition, 3)).toEqual({ first: 3, end: 11 });
    expect(soundRun(rendition, 22)).toEqual({ first: 19, end: 23 });
    expect(() => soundRun(rendition, 23)).toThrow(RangeError);
  });

  it("is the same for all of its segments, and every segment is in one", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 60 }), (lengths) => {
        const rendition = boundariesOf(lengths);
        for (let segment = 0; segment < lengths.length; segment += 1) {
          const run = soundRun(rendition, segment);
          expect(segment).toBeGreaterThanOrEqual(run.first);
          expect(segment).toBeLessThan(run.end);
          expect(soundRun(rendition, run.first)).toEqual(run);
          expect(soundRun(rendition, run.end - 1)).toEqual(run);
        }
      }),
    );
  });
});
