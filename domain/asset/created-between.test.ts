import { describe, expect, it } from "vitest";
import { parseCreatedBetween } from "./created-between.ts";

describe("parseCreatedBetween", () => {
  it("takes nothing, a begin, or a begin and an end", () => {
    expect(parseCreatedBetween([])).toEqual({ fromMs: null, toMs: null });
    expect(parseCreatedBetween(["1795500000"])).toEqual({ fromMs: 1_795_500_000_000, toMs: null });
    expect(parseCreatedBetween(["0", "60"])).toEqual({ fromMs: 0, toMs: 60_000 });
  });

  it.each([
    [["1", "2", "3"], "not 3 values"],
    [["2", "2"], "the first is not before the second"],
    [["yesterday"], 'not "yesterday"'],
    [["1795500000000"], 'not "1795500000000"'],
    [["99999999999"], 'not "99999999999"'],
    [["-1"], 'not "-1"'],
  ])("refuses %j", (values, what) => {
    expect(() => parseCreatedBetween(values)).toThrow(what);
  });
});
