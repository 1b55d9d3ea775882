import { OFFERED_TABLES } from "./check-syntax.ts";
import { invalid } from "./sql-refused.ts";

/** Headings of joins are no tables. */
const TABLE_LINE = /^ *TABLE(?:_FUNCTION)?\b(?! EXPRESSION$)/;
/** The engine lets a SELECT within another set what its connection may not (tried). */
const SETTINGS_LINE = /^ *SETTINGS /;
/** Stands for what a scalar subquery gave, without the tables that it read. */
const HIDDEN_LINE = /^ *FUNCTION id: \d+, function_name: __/;
const NAMED = /^ *TABLE id: \d+,(?: alias: \w+,)? table_name: ([\w.]+)(?:, final: 1)?$/;

/** Where a SELECT without FROM reads from. */
const NOTHING = "system.one";

/**
 * The third layer: the tables that the engine is going to read, as `EXPLAIN QUERY TREE` lists them when every name is
 * resolved and nothing is left out yet (the first of its passes). A name of the customer's cannot hide a line, only add some.
 *
 * The engine ignores all limits of a result where a part of it reads a table of its own, and a SELECT without FROM does
 * (tried: 300,001 rows against a limit of 10,001). So that stands alone: it has one row then.
 *
 * @throws SqlRefused
 */
export function checkTables(queryTree: string, database: string): void {
  const allowed = new Set(OFFERED_TABLES.map((table) => `${database}.${table}`));
  const lines = queryTree.split("\n");
  if (lines.some((line) => SETTINGS_LINE.test(line))) throw invalid("SETTINGS is not taken");
  if (lines.some((line) => HIDDEN_LINE.test(line))) throw invalid("holds a subquery that cannot be checked");
  const tables = lines.filter((line) => TABLE_LINE.test(line)).map((line) => NAMED.exec(line)?.[1] ?? "");
  if (tables.length === 0) throw invalid("reads from nothing that is known");
  if (tables.length === 1 && tables[0] === NOTHING && lines[0]?.startsWith("QUERY ") === true) return;
  if (tables.includes(NOTHING))
    throw invalid("beside other SELECTs each SELECT needs a FROM; give a constant a name by WITH 1 AS name");
  const other = tables.find((table) => !allowed.has(table));
  if (other !== undefined) throw invalid(`reads another table than ${OFFERED_TABLES.join(" and ")}`);
}
