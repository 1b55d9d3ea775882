import { describe, expect, it } from "vitest";
import { differenceOf } from "./equal-rows.ts";

describe("differenceOf", () => {
  it("takes sums for equal that differ by the order of adding alone", () => {
    expect(differenceOf([{ v: 0.1 + 0.2 }], [{ v: 0.3 }], ["v"])).toBeNull();
    expect(differenceOf([{ v: 1e12 }], [{ v: 1e12 + 2_000 }], ["v"])).toContain("row 0, v");
  });

  it("tells of a missing row, a missing column and another order", () => {
    expect(differenceOf([{ v: 1 }], [], ["v"])).toBe("1 rows, by hand 0");
    expect(differenceOf([{ v: 1 }], [{ v: 1 }], ["w"])).toContain("w: undefined");
    expect(differenceOf([{ v: "a" }, { v: "b" }], [{ v: "b" }, { v: "a" }], ["v"])).toContain("row 0");
  });

  it("looks only at the columns that count", () => {
    expect(differenceOf([{ v: null, x: 1 }], [{ v: null, x: 2 }], ["v"])).toBeNull();
  });
});
