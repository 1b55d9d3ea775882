import { describe, expect, it } from "vitest";
import { sparklinePath } from "./sparkline.ts";

const SIZE = { widthPx: 100, heightPx: 10, columns: 100, max: 10 };

describe("sparklinePath", () => {
  it("runs over the whole width with 0 at the bottom", () => {
    expect(sparklinePath([0, 10], SIZE)).toBe("M0 10L100 0");
  });

  it("leaves gaps and draws a lonely value as a dot", () => {
    expect(sparklinePath([5, null, 5, 5, null], SIZE)).toBe("M0 5h.01M50 5L75 5");
  });

  it("keeps a peak when values share a column", () => {
    const values = Array.from({ length: 100 }, (_, index) => (index === 51 ? 10 : 0));
    expect(sparklinePath(values, { ...SIZE, columns: 10 })).toContain(" 0L");
  });

  it("draws a flat line at the bottom when all is zero, and nothing from nothing", () => {
    expect(sparklinePath([0, 0], { ...SIZE, max: 0 })).toBe("M0 10L100 10");
    expect(sparklinePath([null, null], SIZE)).toBe("");
  });
});
