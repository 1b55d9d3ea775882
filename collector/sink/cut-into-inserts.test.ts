import { describe, expect, it } from "vitest";
import type { InsertRows } from "../../platform/clickhouse/clickhouse.ts";
import { RowLines } from "../../platform/clickhouse/row-lines.ts";
import { cutIntoInserts } from "./cut-into-inserts.ts";

const MB = 1_000_000;

function linesOf(lengths: readonly number[]): RowLines {
  const lines = new RowLines();
  for (const length of lengths) lines.push("x".repeat(length));
  return RowLines.join([lines.slice(0, 2), lines.slice(2)]);
}
const rowsOf = (lengths: readonly number[]): InsertRows => lengths.map((length) => [1, ["x".repeat(length)]]);

describe.each([
  ["lines", linesOf],
  ["values", rowsOf],
])("cutIntoInserts, of rows as %s", (_, make) => {
  const cut = (lengths: readonly number[]) => [...cutIntoInserts(make(lengths))];

  it("cuts after 10,000 rows", () => {
    expect(cut(new Array<number>(20_001).fill(3)).map(({ length }) => length)).toEqual([10_000, 10_000, 1]);
    expect(cut([])).toEqual([]);
  });

  it("cuts before 32 MB are exceeded, and sends what is larger alone", () => {
    const parts = cut([10 * MB, 20 * MB, 5 * MB, 40 * MB, 1, 31 * MB, 1]);
    expect(parts.map(({ length }) => length)).toEqual([2, 1, 1, 3]);
  });

  it("keeps all rows in their order", () => {
    const lengths = Array.from({ length: 40 }, (__, at) => at * 50_000);
    expect(cut(lengths).flatMap((part) => [...part])).toEqual([...make(lengths)]);
  });
});
