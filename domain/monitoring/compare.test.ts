import { describe, expect, it } from "vitest";
import { compareRebuffering } from "./compare.ts";

function row(viewers: number, rebufferingRatio: number | null) {
  return {
    value: "fastly",
    viewers,
    startingUp: 0,
    rebufferingRatio,
    startup: null,
    startupFailureRatio: null,
    exitBeforeStartRatio: null,
    playbackFailureRatio: null,
  };
}

const standing = (viewers: number, ratio: number | null, overall: number | null) =>
  compareRebuffering(row(viewers, ratio), row(100, overall));

describe("compareRebuffering", () => {
  it("names the CDN of an incident", () => expect(standing(40, 0.12, 0.03)).toBe("bad"));
  it("notices a smaller excess", () => expect(standing(40, 0.04, 0.02)).toBe("worse"));
  it("is silent about many times nearly nothing", () => expect(standing(40, 0.004, 0.0001)).toBe("normal"));
  it("is silent about few viewers", () => expect(standing(4, 0.5, 0.01)).toBe("normal"));
  it("is silent when nothing was measured", () => {
    expect(standing(40, null, 0.01)).toBe("normal");
    expect(standing(40, 0.5, null)).toBe("normal");
  });
});
