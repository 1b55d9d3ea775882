import { describe, expect, it } from "vitest";
import { checkTables } from "./check-tables.ts";

const tree = (...tables: string[]) =>
  ["QUERY id: 0", "  JOIN TREE", ...tables.map((table) => `    ${table}`)].join("\n");
const OURS = "TABLE id: 3, alias: __table1, table_name: playhead.views, final: 1";

describe("checkTables", () => {
  it("lets the offered tables through, and a SELECT that reads from nothing", () => {
    expect(() =>
      checkTables(tree(OURS, "TABLE EXPRESSION", "TABLE id: 4, table_name: playhead.events"), "playhead"),
    ).not.toThrow();
    expect(() => checkTables(tree("TABLE id: 1, table_name: system.one"), "playhead")).not.toThrow();
  });

  it.each([
    ["TABLE id: 3, alias: __table2, table_name: playhead.monitoring"],
    ["TABLE id: 3, alias: __table2, table_name: system.one"],
    ["TABLE id: 3, alias: __table2, table_name: other.views"],
    ["TABLE id: 3, alias: a, table_name: playhead.views, table_name: system.users"],
    ["TABLE id: 3, table_name: playhead.views.inner"],
    ["TABLE id: 3, temporary_table_name: views"],
    ["TABLE_FUNCTION id: 3, alias: __table1, table_function_name: numbers"],
    ["TABLE"],
    ["SETTINGS log_comment="],
    ["TABLE something new"],
  ])("refuses %s beside ours", (line) => {
    expect(() => checkTables(tree(OURS, line), "playhead")).toThrow(/another table|needs a FROM|SETTINGS/);
  });

  it("refuses calls that stand for subqueries", () => {
    const hidden = "FUNCTION id: 2, function_name: __getScalar, function_type: ordinary, result_type: Array(String)";
    expect(() => checkTables(tree(OURS, hidden), "playhead")).toThrow("cannot be checked");
  });

  it("refuses a listing without tables, and nothing in a union", () => {
    expect(() => checkTables("QUERY id: 0", "playhead")).toThrow("reads from nothing");
    expect(() => checkTables("UNION id: 0\n  TABLE id: 1, table_name: system.one", "playhead")).toThrow("needs a FROM");
  });
});
