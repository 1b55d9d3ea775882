import { describe, expect, it } from "vitest";
import { checkSyntax } from "./check-syntax.ts";
import { readSyntaxTree } from "./syntax-node.ts";

const listing = (...expressions: string[]) =>
  [
    "SelectWithUnionQuery (children 1)",
    " ExpressionList (children 1)",
    "  SelectQuery (children 2)",
    "   ExpressionList (children 1)",
    ...expressions.map((line) => `    ${line}`),
    "   TablesInSelectQuery (children 1)",
    "    TablesInSelectQueryElement (children 1)",
    "     TableExpression (children 1)",
    "      TableIdentifier views (alias v)",
  ].join("\n");

function check(text: string): void {
  const root = readSyntaxTree(text);
  if (root === null) throw new Error("no tree");
  checkSyntax(root, { named: new Set(["mine"]) });
}

describe("checkSyntax", () => {
  it("takes what is on its lists, in any case", () => {
    expect(() => check(listing("Function COUNT (alias n) (children 1)", " ExpressionList"))).not.toThrow();
    expect(() => check(listing("Function sumIf (children 1)", " ExpressionList", "  Identifier a"))).not.toThrow();
  });

  it.each([
    ["Function file (children 1)"],
    ["Function file (alias count) (children 1)"],
    ["Function count (children 1)x"],
    ["Function sumMergeIf (children 1)"],
    ["Function"],
    ["Set"],
    ["Something new"],
  ])("refuses %s", (line) => {
    expect(() => check(listing(line))).toThrow(/not taken/);
  });

  it("refuses FORMAT and SETTINGS, which follow the statement", () => {
    expect(() => check(`${listing("Literal UInt64_1")}\n Identifier JSON`)).toThrow("only SELECT");
    expect(() => check(`${listing("Literal UInt64_1")}\n   Set`)).toThrow("SETTINGS");
  });

  it("refuses names behind IN and tables that nobody named", () => {
    const inName = ["Function in (children 1)", " ExpressionList (children 2)", "  Identifier a", "  Identifier b"];
    expect(() => check(listing(...inName))).toThrow("behind IN");
    expect(() => check(listing("Literal UInt64_1").replace("views (alias v)", "monitoring"))).toThrow("no table");
    expect(() => check(listing("Literal UInt64_1").replace("views (alias v)", "mine"))).not.toThrow();
  });

  it("takes every separator within a literal", () => {
    expect(() => check(listing("Literal 'a\u2028b\u2029c\rd'"))).not.toThrow();
  });

  it("reads no listing that is not one tree", () => {
    for (const text of ["", "A\nB", "A\n   B", "A\n (x)"]) expect(readSyntaxTree(text)).toBeNull();
  });
});
