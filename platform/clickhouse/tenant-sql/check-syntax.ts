import { isAllowedFunction } from "./allowed-functions.ts";
import type { CheckedText } from "./check-text.ts";
import { invalid } from "./sql-refused.ts";
import type { SyntaxNode } from "./syntax-node.ts";

/** What may be asked, by the names that statements use. */
export const OFFERED_TABLES: readonly string[] = ["views", "events"];

/** Every kind of node that a statement may consist of; what is not here (settings, samples, transformers, …) is refused. */
const ALLOWED_KINDS: ReadonlySet<string> = new Set([
  "SelectWithUnionQuery",
  "SelectIntersectExceptQuery",
  "SelectQuery",
  "ExpressionList",
  "Literal",
  "Identifier",
  "Function",
  "Subquery",
  "Asterisk",
  "QualifiedAsterisk",
  "TablesInSelectQuery",
  "TablesInSelectQueryElement",
  "TableExpression",
  "TableIdentifier",
  "TableJoin",
  "WithElement",
  "OrderByElement",
  "WindowDefinition",
  "WindowListElement",
]);

/** What a refused kind is called in SQL. */
const KIND_NAMES: Readonly<Record<string, string>> = {
  Set: "SETTINGS",
  ArrayJoin: "ARRAY JOIN",
  SampleRatio: "SAMPLE",
  QueryParameter: "a parameter",
  ColumnsTransformerList: "EXCEPT, REPLACE or APPLY behind *",
};

const IN_FUNCTIONS: ReadonlySet<string> = new Set(["in", "notin", "globalin", "globalnotin", "nullin", "notnullin"]);

/** Types that a value may be cast to. States of aggregates are none of them: their bytes would be believed. */
const CAST_TYPE =
  /^(?:(?:Nullable|Array|LowCardinality)\(|\)|,|\s|U?Int(?:8|16|32|64|128|256)\b|Float(?:32|64)\b|String\b|Bool\b|UUID\b|Date(?:32)?\b|DateTime\b|DateTime64\b|Decimal\b|\(\d+(?:, ?(?:\d+|'[\w/+-]+'))?\)|\('[\w/+-]+'\))+$/;

/**
 * The second layer: the tree that the engine read consists only of what is listed: kinds of nodes, functions, tables.
 *
 * @throws SqlRefused
 */
export function checkSyntax(root: SyntaxNode, text: CheckedText): void {
  if (root.kind !== "SelectWithUnionQuery") throw invalid("only SELECT is taken");
  checkNode(root, text);
}

function checkNode(node: SyntaxNode, text: CheckedText): void {
  if (!ALLOWED_KINDS.has(node.kind)) throw invalid(`${KIND_NAMES[node.kind] ?? node.kind} is not taken`);
  CHECKS[node.kind]?.(node, text);
  for (const child of node.children) checkNode(child, text);
}

const CHECKS: Readonly<Record<string, (node: SyntaxNode, text: CheckedText) => void>> = {
  // FORMAT, INTO and SETTINGS would be further children
  SelectWithUnionQuery: ({ children }) => {
    if (children.length !== 1 || children[0]?.kind !== "ExpressionList") throw invalid("only SELECT is taken");
  },
  Asterisk: onlyPlain,
  QualifiedAsterisk: ({ children }) => {
    if (children.length !== 1 || children[0]?.kind !== "Identifier") throw invalid("only a name stands before .*");
  },
  TableExpression: ({ children: [table] }) => {
    if (table?.kind === "Function") throw invalid(`${nameOf(table)}: functions are no tables here; ${OFFERED}`);
  },
  TableIdentifier: (node, { named }) => {
    const name = nameOf(node);
    if (!OFFERED_TABLES.includes(name) && !named.has(name)) throw invalid(`there is no table ${name}; ${OFFERED}`);
  },
  Function: checkFunction,
  OrderByElement: ({ children }) => {
    if (children.length !== 1) throw invalid("ORDER BY takes neither WITH FILL nor COLLATE");
  },
};

const OFFERED = `ask ${OFFERED_TABLES.join(" or ")}`;

function checkFunction(node: SyntaxNode): void {
  const name = nameOf(node);
  if (!isAllowedFunction(name)) throw invalid(`the function ${name} is not taken`);
  const [list] = node.children;
  if (IN_FUNCTIONS.has(name.toLowerCase())) {
    // a name behind IN may be a table, which the tree does not tell
    if (list?.children.at(-1)?.kind === "Identifier")
      throw invalid("behind IN stands a list of values or (SELECT …), not a name");
  }
  if (name.toLowerCase() === "cast") {
    const type = list?.children[1];
    if (list?.children.length !== 2 || type?.kind !== "Literal" || !CAST_TYPE.test(unquoted(type.detail)))
      throw invalid("a value can be cast to numbers, strings, dates, UUIDs and arrays of them");
  }
}

function onlyPlain({ children }: SyntaxNode): void {
  if (children.length > 0) throw invalid("EXCEPT, REPLACE and APPLY behind * are not taken");
}

/** Without the alias; the rest of a name with blanks stays, and is no name that is allowed. */
const nameOf = ({ detail }: SyntaxNode): string => detail.replace(/ \(alias .*\)$/, "").slice(0, 100);

const unquoted = (literal: string): string =>
  literal
    .replace(/ \(alias .*\)$/, "")
    .replace(/^'|'$/g, "")
    .replaceAll("\\'", "'");
