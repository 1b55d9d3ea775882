import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestedRange } from "./requested-range.ts";

describe("requestedRange", () => {
  it.each([
    ["bytes=0-499", { start: 0, end: 500 }],
    ["bytes=500-", { start: 500, end: 1_000 }],
    ["bytes=-500", { start: 500, end: 1_000 }],
    ["bytes=-5000", { start: 0, end: 1_000 }],
    ["bytes=999-5000", { start: 999, end: 1_000 }],
    ["Bytes= 0-0", { start: 0, end: 1 }],
    ["bytes=1000-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=9-3", null],
    ["bytes=0-1,5-6", null],
    ["items=0-1", null],
    ["bytes=", null],
    ["bytes=-", null],
    ["bytes=a-b", null],
    [undefined, null],
  ])("reads %s", (header, expected) => expect(requestedRange(header, 1_000)).toEqual(expected));

  it("never leaves the bytes, and never is empty", () => {
    const bound = fc.option(fc.nat({ max: 2_000 }), { nil: undefined });
    fc.assert(
      fc.property(bound, bound, fc.nat({ max: 1_000 }), (first, last, sizeBytes) => {
        const range = requestedRange(`bytes=${first ?? ""}-${last ?? ""}`, sizeBytes);
        if (range === null || range === "unsatisfiable") return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThan(range.start);
        expect(range.end).toBeLessThanOrEqual(sizeBytes);
      }),
    );
  });
});
