import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteRangeSet } from "./byte-ranges.ts";

const LENGTH = 40;
const anyRange = fc
  .tuple(fc.nat(LENGTH), fc.nat(LENGTH))
  .map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) }));

describe("ByteRangeSet", () => {
  it("knows exactly the bytes that were added, whatever their order", () => {
    fc.assert(
      fc.property(fc.array(anyRange, { maxLength: 12 }), anyRange, (added, asked) => {
        const set = new ByteRangeSet();
        const there = new Array<boolean>(LENGTH).fill(false);
        for (const range of added) {
          set.add(range);
          there.fill(true, range.start, range.end);
        }
        for (const [at, range] of set.ranges.entries()) {
          expect(range.start).toBeLessThan(range.end);
          if (at > 0) expect(range.start).toBeGreaterThan(set.ranges[at - 1]?.end ?? 0);
        }
        const known = new Array<boolean>(LENGTH).fill(false);
        for (const { start, end } of set.ranges) known.fill(true, start, end);
        expect(known).toEqual(there);
        expect(set.contiguousBytes).toBe(there.includes(false) ? there.indexOf(false) : LENGTH);
        expect(set.end).toBe(there.lastIndexOf(true) + 1);
        const missing = new Array<boolean>(LENGTH).fill(false);
        for (const { start, end } of set.missing(asked)) missing.fill(true, start, end);
        expect(missing).toEqual(there.map((has, at) => !has && at >= asked.start && at < asked.end));
      }),
    );
  });
});
