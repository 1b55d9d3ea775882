import { describe, expect, it } from "vitest";
import { ApiError } from "../errors.ts";
import { parseTimeframe } from "./timeframe.ts";

const NOW = Date.UTC(2026, 10, 26, 3, 0, 0, 250);
const HOUR = 3_600_000;
/** Of spans: the end of the second, ten seconds or minute that now lies in. */
const [SECOND, TEN, MINUTE] = [1, 10, 60].map((seconds) => Date.UTC(2026, 10, 26, 3, 0, seconds)) as [
  number,
  number,
  number,
];

describe("timeframe[]", () => {
  it("is the last day when nothing is given", () => {
    expect(parseTimeframe([], NOW)).toEqual({ fromMs: TEN - 24 * HOUR, toMs: TEN });
  });

  it.each([
    ["60:minutes", HOUR, SECOND],
    ["1:hour", HOUR, SECOND],
    ["7:days", 168 * HOUR, MINUTE],
    ["[7:days]", 168 * HOUR, MINUTE],
    ["2:weeks", 336 * HOUR, MINUTE],
    ["1:months", 720 * HOUR, MINUTE],
  ])("reads the span %s", (text, lengthMs, toMs) => {
    expect(parseTimeframe([text], NOW)).toEqual({ fromMs: toMs - lengthMs, toMs });
  });

  it("reads two times in seconds", () => {
    expect(parseTimeframe(["1795500000", "1795503600"], NOW)).toEqual({
      fromMs: 1_795_500_000_000,
      toMs: 1_795_503_600_000,
    });
  });

  it("reaches back no further than time itself", () => {
    expect(parseTimeframe(["999999999:months"], NOW).fromMs).toBe(0);
  });

  it.each([
    [["0:days"]],
    [["7:fortnights"]],
    [["-1:days"]],
    [["1795500000"]],
    [["1795500000", "1795500000"]],
    [["1795503600", "1795500000"]],
    [["1795500000000", "1795503600000"]],
    [["1", "2", "3"]],
    [["yesterday", "today"]],
    [["1e3", "2e3"]],
    [[""]],
  ])("says what may be given instead of %j", (values) => {
    expect(() => parseTimeframe(values, NOW)).toThrow(ApiError);
    expect(() => parseTimeframe(values, NOW)).toThrow(/timeframe\[\]: give two times in Unix seconds/);
  });
});
