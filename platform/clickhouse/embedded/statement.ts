import { type Token, tokenize } from "./statement-lexer.ts";

/** Engine error numbers that the front answers itself. */
export const REFUSALS = { SYNTAX_ERROR: 62, NOT_IMPLEMENTED: 48 } as const;

/** What the front may do with one request's statement. */
export type Statement =
  /**
   * Runs as it stands. A `read` ends with its client; `upkeep` may take minutes; after `session` (SET, USE, …) the connection
   * serves nobody else.
   */
  | { kind: "read" | "write" | "upkeep" | "session"; sql: string }
  /** An INSERT with data. The data begins at `dataStart` of the text and goes on in the request's body. */
  | { kind: "insert"; head: string; settings: string; format: string; dataStart: number }
  | { kind: "refused"; code: number; message: string };

const READS = new Set(["SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS", "FROM"]);
const UPKEEP = new Set(["OPTIMIZE", "CHECK"]);
const WRITES = new Set(["INSERT", "ALTER", "DROP", "TRUNCATE", "RENAME", "EXCHANGE", "KILL"]);

/**
 * Reads one statement far enough to run it safely. Refused are: more than one statement (the engine would run them all),
 * lexical forms that could hide one, inline data anywhere but in a plain INSERT (the engine takes data behind an empty
 * line for SQL), and files of the client's choice (INFILE, OUTFILE).
 */
export function readStatement(sql: string): Statement {
  const tokens = new TokenReader(sql);
  const first = tokens.peek();
  if (first === null) return syntaxError("the statement is empty");
  const statement = isWord(first, "INSERT") ? readInsert(sql, tokens) : readOther(sql, tokens, first);
  return statement.kind === "insert" || statement.kind === "refused" ? statement : checkRest(statement, tokens);
}

/** The text to run for an INSERT whose data lies in a file that the front wrote. */
export function insertFromFile(insert: Extract<Statement, { kind: "insert" }>, path: string): string {
  const quoted = path.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return `${insert.head} FROM INFILE '${quoted}' ${insert.settings} FORMAT ${insert.format}`;
}

function readOther(sql: string, tokens: TokenReader, first: Token): Statement {
  const verb = first.kind === "word" ? first.text.toUpperCase() : "";
  const forbidsInsert = verb !== "GRANT" && verb !== "REVOKE";
  for (let token = tokens.peek(); token !== null && !isSemicolon(token); token = tokens.peek()) {
    if (token.kind === "illegal") return syntaxError(token.text);
    // WITH … INSERT and EXPLAIN … INSERT would carry inline data, and the rest of the body would run as SQL (tried).
    if (forbidsInsert && isWord(token, "INSERT")) return notImplemented("INSERT must be the first word");
    if (isWord(token, "INFILE") || isWord(token, "OUTFILE")) return notImplemented("files are not taken here");
    tokens.skip();
  }
  return { kind: first.text === "(" ? "read" : kindOf(verb), sql };
}

function kindOf(verb: string): "read" | "write" | "upkeep" | "session" {
  if (READS.has(verb)) return "read";
  if (UPKEEP.has(verb)) return "upkeep";
  return WRITES.has(verb) ? "write" : "session";
}

/** `INSERT [INTO] [TABLE] name [(columns)] [SETTINGS …] FORMAT name | VALUES | SELECT …`; FORMAT and VALUES begin data. */
function readInsert(sql: string, tokens: TokenReader): Statement {
  tokens.skip();
  if (isWord(tokens.peek(), "INTO")) tokens.skip();
  if (isWord(tokens.peek(), "TABLE")) tokens.skip();
  if (isWord(tokens.peek(), "FUNCTION")) return notImplemented("INSERT INTO FUNCTION is not taken here");
  skipTableName(tokens);
  if (tokens.peek()?.text === "(" && skipColumns(tokens) === "select") return readInsertSelect(sql, tokens);
  const headEnd = tokens.peek()?.start ?? sql.length;
  if (isWord(tokens.peek(), "SETTINGS")) skipUntilData(tokens);
  const verb = tokens.peek();
  if (verb?.kind === "illegal") return syntaxError(verb.text);
  const hasValues = isWord(verb, "VALUES");
  if (verb === null || !(hasValues || isWord(verb, "FORMAT"))) return readInsertSelect(sql, tokens);
  tokens.skip();
  const format = hasValues ? verb : tokens.peek();
  if (format?.kind !== "word") return syntaxError("a format name must follow FORMAT");
  return {
    kind: "insert",
    head: sql.slice(0, headEnd),
    settings: sql.slice(headEnd, verb.start),
    format: hasValues ? "Values" : format.text,
    dataStart: format.end,
  };
}

/** INSERT … SELECT carries no data; a FORMAT in it would announce some (`SELECT … FROM input(…) FORMAT …`). */
function readInsertSelect(sql: string, tokens: TokenReader): Statement {
  const verb = tokens.peek();
  if (!isWord(verb, "SELECT") && !isWord(verb, "WITH") && verb?.text !== "(") {
    return syntaxError("INSERT needs FORMAT, VALUES or SELECT behind the table's columns");
  }
  for (let token = tokens.peek(); token !== null && !isSemicolon(token); token = tokens.peek()) {
    if (token.kind === "illegal") return syntaxError(token.text);
    tokens.skip();
    const next = tokens.peek();
    if (isWord(token, "FORMAT") && next?.text !== "(") return notImplemented("INSERT … SELECT takes no FORMAT");
    if (isWord(token, "INPUT") && next?.text === "(")
      return notImplemented("INSERT … SELECT FROM input() is not taken");
    if (isWord(token, "INSERT")) return notImplemented("INSERT must be the first word");
    if (isWord(token, "INFILE") || isWord(token, "OUTFILE")) return notImplemented("files are not taken here");
  }
  return { kind: "write", sql };
}

/** Behind the first `;` only blanks, comments and further `;` may follow. */
function checkRest(statement: Statement, tokens: TokenReader): Statement {
  for (let token = tokens.peek(); token !== null; token = tokens.peek()) {
    if (token.kind === "illegal") return syntaxError(token.text);
    if (!isSemicolon(token)) return syntaxError("several statements in one request are not allowed");
    tokens.skip();
  }
  return statement;
}

function skipTableName(tokens: TokenReader): void {
  do {
    if (tokens.peek()?.text === ".") tokens.skip();
    if (tokens.peek()?.text === "{") skipBrackets(tokens);
    else tokens.skip();
  } while (tokens.peek()?.text === ".");
}

/** The bracket behind a table's name holds its columns, or is already the SELECT. */
function skipColumns(tokens: TokenReader): "columns" | "select" {
  const depth = tokens.take()?.depth ?? 0;
  if (isWord(tokens.peek(), "SELECT") || isWord(tokens.peek(), "WITH")) return "select";
  skipToDepth(tokens, depth);
  return "columns";
}

function skipBrackets(tokens: TokenReader): void {
  skipToDepth(tokens, tokens.take()?.depth ?? 0);
}

function skipToDepth(tokens: TokenReader, depth: number): void {
  for (let token = tokens.take(); token !== null; token = tokens.take()) {
    if (token.kind === "illegal" || token.depth <= depth) return;
  }
}

function skipUntilData(tokens: TokenReader): void {
  for (let token = tokens.peek(); token !== null && token.kind !== "illegal"; token = tokens.peek()) {
    if (token.depth === 0 && ["FORMAT", "VALUES", "SELECT", "WITH"].some((word) => isWord(token, word))) return;
    if (isSemicolon(token)) return;
    tokens.skip();
  }
}

const isSemicolon = (token: Token): boolean => token.kind === "punctuation" && token.text === ";";

function isWord(token: Token | null, word: string): boolean {
  return token?.kind === "word" && token.text.toUpperCase() === word;
}

const syntaxError = (reason: string): Statement => ({
  kind: "refused",
  code: REFUSALS.SYNTAX_ERROR,
  message: `Syntax error: ${reason}. (SYNTAX_ERROR)`,
});

const notImplemented = (reason: string): Statement => ({
  kind: "refused",
  code: REFUSALS.NOT_IMPLEMENTED,
  message: `${reason}. (NOT_IMPLEMENTED)`,
});

/** One token ahead; an `illegal` token is never skipped, so that it cannot be overlooked. */
class TokenReader {
  readonly #tokens: Generator<Token, void, undefined>;
  #next: Token | null | undefined;

  constructor(sql: string) {
    this.#tokens = tokenize(sql);
  }

  peek(): Token | null {
    if (this.#next === undefined) {
      const { done, value } = this.#tokens.next();
      this.#next = done === true ? null : (value ?? null);
    }
    return this.#next;
  }

  take(): Token | null {
    const token = this.peek();
    if (token !== null && token.kind !== "illegal") this.#next = undefined;
    return token;
  }

  skip(): void {
    this.take();
  }
}
