/**
 * One token of a statement. Offsets count UTF-16 units; `depth` is the number of open brackets around the token.
 * `illegal` is always the last token: what follows it was not looked at.
 */
export interface Token {
  kind: "word" | "string" | "identifier" | "punctuation" | "illegal";
  text: string;
  start: number;
  end: number;
  depth: number;
}

const WHITESPACE = /[ \t\n\r\f\v]*/y;
const WORD = /[A-Za-z0-9_]+/y;
/** Backslash escapes and doubled quotes, in strings and in quoted identifiers alike. */
const QUOTED = {
  "'": /'(?:[^'\\]|\\[\s\S]|'')*'/y,
  '"': /"(?:[^"\\]|\\[\s\S]|"")*"/y,
  "`": /`(?:[^`\\]|\\[\s\S]|``)*`/y,
} as const;
const LINE_COMMENT = /--[^\n]*/y;
const COMMENT_EDGE = /\/\*|\*\//g;

/**
 * Cuts a statement into tokens, lazily: behind an INSERT's format name lies data, which is not SQL and is never asked for.
 *
 * The grammar is a strict part of the engine's own (ClickHouse `src/Parsers/Lexer.cpp`): where the two could disagree about
 * where a quote or a comment ends, the text is `illegal` here. That is: heredocs and `$`, `#` and `//` comments, a `--`
 * that touches a number or name before it (`1e--`), a backslash outside quotes (`\G` ends a statement), and everything
 * outside ASCII (the engine knows typographic quotes). None of them is needed, and a `;` cannot hide behind them.
 */
export function* tokenize(sql: string): Generator<Token, void, undefined> {
  let depth = 0;
  let at = 0;
  while (true) {
    const skipped = skipBlanks(sql, at);
    if (skipped.illegal !== null) return yield token("illegal", skipped.illegal, skipped.at, skipped.at, depth);
    at = skipped.at;
    if (at >= sql.length) return;
    const next = readToken(sql, at, depth);
    if (isClosing(next)) depth = Math.max(0, depth - 1);
    yield { ...next, depth };
    if (next.kind === "illegal") return;
    if (isOpening(next)) depth += 1;
    at = next.end;
  }
}

function readToken(sql: string, at: number, depth: number): Token {
  const first = sql.charAt(at);
  if (first === "'" || first === '"' || first === "`") {
    const end = matchEnd(QUOTED[first], sql, at);
    if (end === null) return token("illegal", `the quote ${first} is not closed`, at, at, depth);
    return token(first === "'" ? "string" : "identifier", sql.slice(at, end), at, end, depth);
  }
  const wordEnd = matchEnd(WORD, sql, at);
  if (wordEnd !== null) return token("word", sql.slice(at, wordEnd), at, wordEnd, depth);
  const problem = illegalCharacter(first);
  if (problem !== null) return token("illegal", problem, at, at, depth);
  return token("punctuation", first, at, at + 1, depth);
}

function illegalCharacter(character: string): string | null {
  if (character === "$") return "dollar signs and heredocs are not taken here: use quotes";
  if (character === "#") return "comments begin with -- or /*";
  if (character === "\\") return "a backslash has no meaning outside quotes";
  if (character < " " || character > "~") return "characters outside ASCII must be quoted";
  return null;
}

/** Skips white space and comments; comments nest, as in the engine. */
function skipBlanks(sql: string, from: number): { at: number; illegal: string | null } {
  let at = from;
  while (true) {
    at = matchEnd(WHITESPACE, sql, at) ?? at;
    if (sql.startsWith("//", at)) return { at, illegal: "comments begin with -- or /*" };
    if (sql.startsWith("--", at)) {
      if (at > 0 && /[\w.]/.test(sql.charAt(at - 1))) return { at, illegal: "put a blank before a -- comment" };
      at = matchEnd(LINE_COMMENT, sql, at) ?? sql.length;
    } else if (sql.startsWith("/*", at)) {
      const end = blockCommentEnd(sql, at);
      if (end === null) return { at, illegal: "the comment is not closed" };
      at = end;
    } else {
      return { at, illegal: null };
    }
  }
}

function blockCommentEnd(sql: string, from: number): number | null {
  let nesting = 0;
  COMMENT_EDGE.lastIndex = from;
  for (let edge = COMMENT_EDGE.exec(sql); edge !== null; edge = COMMENT_EDGE.exec(sql)) {
    nesting += edge[0] === "/*" ? 1 : -1;
    if (nesting === 0) return COMMENT_EDGE.lastIndex;
  }
  return null;
}

function matchEnd(sticky: RegExp, sql: string, at: number): number | null {
  sticky.lastIndex = at;
  return sticky.test(sql) ? sticky.lastIndex : null;
}

const token = (kind: Token["kind"], text: string, start: number, end: number, depth: number): Token => ({
  kind,
  text,
  start,
  end,
  depth,
});

const isOpening = ({ kind, text }: Token): boolean => kind === "punctuation" && "([{".includes(text);
const isClosing = ({ kind, text }: Token): boolean => kind === "punctuation" && ")]}".includes(text);
