import { type Token, tokenize } from "../embedded/statement-lexer.ts";
import { invalid, type SqlRefused } from "./sql-refused.ts";

/** Characters of a statement; the engine would take more. */
export const MAX_SQL_LENGTH = 20_000;

const FIRST_WORDS = new Set(["SELECT", "WITH", "FROM", "("]);

/** Clauses that reach beyond rows: output, settings, files; and recursion, whose end nobody knows. */
const REFUSED_WORDS = new Set(["FORMAT", "SETTINGS", "INTO", "OUTFILE", "INFILE", "RECURSIVE", "INTERPOLATE"]);

/** Quoted names show in the engine's listings as they are: one with a line break could pass for a line of its own. */
const QUOTED_NAME = /^[^\\\p{Cc}\p{Zl}\p{Zp}]*$/u;

/**
 * Tables and views of the product that are not offered. A name of WITH reaches only so far, which the later layers cannot
 * tell: where it does not, it would be the table's.
 */
export const OTHER_TABLES: ReadonlySet<string> = new Set([
  "beats",
  "deliveries",
  "dimension_values",
  "dimension_values_from_beats",
  "dimension_values_from_views",
  "monitoring",
  "monitoring_from_beats",
  "rejected_beacons",
  "schema_migrations",
  "stored_until",
]);

/** What the later layers need to know of the text. */
export interface CheckedText {
  /** Names that stand before `AS (`: those of common table expressions are among them. */
  named: ReadonlySet<string>;
}

/**
 * The first layer: one statement that reads, in characters in which nothing can hide.
 *
 * @throws SqlRefused that names line and column
 */
export function checkText(sql: string): CheckedText {
  if (sql.length > MAX_SQL_LENGTH) throw invalid(`is longer than ${MAX_SQL_LENGTH} characters`);
  const tokens = [...tokenize(sql)];
  const [first] = tokens;
  if (first === undefined) throw invalid("is empty");
  if (first.kind !== "illegal" && !FIRST_WORDS.has(first.text.toUpperCase()))
    throw at(sql, first, `only SELECT is taken, not ${first.text.slice(0, 50)}`);
  for (const [index, token] of tokens.entries()) checkToken(sql, token, tokens[index + 1]);
  return { named: namedExpressions(sql, tokens) };
}

function checkToken(sql: string, token: Token, next: Token | undefined): void {
  const { kind, text } = token;
  if (kind === "illegal") throw at(sql, token, text);
  if (kind === "word" && REFUSED_WORDS.has(text.toUpperCase()))
    throw at(sql, token, `${text.toUpperCase()} is not taken`);
  if (kind === "identifier" && !QUOTED_NAME.test(text))
    throw at(sql, token, "a quoted name has no line breaks or escapes");
  if (text === "{") throw at(sql, token, "parameters in braces are not taken");
  if (text === ";" && next !== undefined && next.text !== ";") throw at(sql, next, "only one statement is taken");
}

function namedExpressions(sql: string, tokens: readonly Token[]): Set<string> {
  const named = tokens.filter(
    ({ kind }, index) =>
      (kind === "word" || kind === "identifier") &&
      tokens[index + 1]?.text.toUpperCase() === "AS" &&
      tokens[index + 2]?.text === "(",
  );
  return new Set(named.map((token) => checkName(sql, token)));
}

/** A name with a dot in it would look like a table of a database. */
function checkName(sql: string, token: Token): string {
  const name = token.kind === "identifier" ? token.text.slice(1, -1) : token.text;
  if (!/^\w+$/.test(name)) throw at(sql, token, "a name before AS ( has letters, digits and _ alone");
  if (OTHER_TABLES.has(name)) throw at(sql, token, `the name ${name} is the store's own: use another`);
  return name;
}

function at(sql: string, { start }: Token, message: string): SqlRefused {
  const lines = sql.slice(0, start).split("\n");
  return invalid(`line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}: ${message}`);
}
