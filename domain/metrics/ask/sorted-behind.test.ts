import { describe, expect, it } from "vitest";
import { type SortColumn, sortedBehind } from "./sorted-behind.ts";

const COLUMNS: readonly SortColumn[] = [
  { name: "s_value", sql: "value", type: "UInt64", direction: "DESC" },
  { name: "s_0", sql: "field", type: "String", direction: "ASC" },
];

describe("sortedBehind", () => {
  it("goes column by column, each in its own direction", () => {
    expect(sortedBehind(COLUMNS, ["7", "it's"])).toEqual({
      sql: "(s_value < {after_0: UInt64}) OR (s_value = {after_0: UInt64} AND s_0 > {after_1: String})",
      params: { after_0: "7", after_1: "it's" },
    });
    expect(sortedBehind(COLUMNS, null)).toEqual({ sql: "1", params: {} });
  });

  it.each([[["7"]], [["7", "a", "b"]], [["-1", "a"]], [["1e9", "a"]], [["18446744073709551616", "a"]], [["", "a"]]])(
    "refuses keys that no row has: %j",
    (keys) => {
      expect(() => sortedBehind(COLUMNS, keys)).toThrow(RangeError);
    },
  );
});
