import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokenize } from "./statement-lexer.ts";

const kinds = (sql: string) => [...tokenize(sql)].map(({ kind, text }) => `${kind}:${text}`);
const last = (sql: string) => [...tokenize(sql)].at(-1)?.kind;

/** Quotes as the engine's documentation tells clients to. */
const quote = (mark: string, text: string) => mark + text.replaceAll("\\", "\\\\").replaceAll(mark, `\\${mark}`) + mark;
const doubled = (mark: string, text: string) =>
  mark + text.replaceAll("\\", "\\\\").replaceAll(mark, mark + mark) + mark;

describe("tokenize", () => {
  it("sees words, quotes and signs, and no comments", () => {
    expect(kinds("SELECT a.`b`, 'c;--' -- d; \n /* e; /* f; */ ; */ FROM \"g\"")).toEqual([
      "word:SELECT",
      "word:a",
      "punctuation:.",
      "identifier:`b`",
      "punctuation:,",
      "string:'c;--'",
      "word:FROM",
      'identifier:"g"',
    ]);
  });

  it("counts brackets", () => {
    const depths = [...tokenize("a (b [c] ) d")].map(({ text, depth }) => `${text}${depth}`);
    expect(depths).toEqual(["a0", "(0", "b1", "[1", "c2", "]1", ")0", "d0"]);
  });

  it.each([
    ["a heredoc", "SELECT $x$ ; $x$"],
    ["a word that holds a dollar sign", "SELECT a$x$ ; DROP TABLE t; $x$"],
    ["a MySQL comment", "SELECT 1 # ' \n ; DROP TABLE t -- '"],
    ["a C comment", "SELECT 1 // ' \n ; DROP TABLE t -- '"],
    ["a comment that a number swallows", "SELECT 1e--\n; DROP TABLE t"],
    ["a vertical delimiter", "SELECT 1\\G DROP TABLE t"],
    ["typographic quotes", "SELECT ‘ ' ’ ; DROP TABLE t; SELECT ‘ ' ’"],
    ["a NUL", "SELECT 1 \0; DROP TABLE t"],
    ["an open quote", "SELECT 'a\\'; DROP TABLE t"],
    ["an open backtick", "SELECT `a``; DROP TABLE t"],
    ["an open comment", "SELECT 1 /* /* */ ; DROP TABLE t"],
  ])("stops at %s", (_case, sql) => {
    expect(last(sql)).toBe("illegal");
  });

  it("takes any text in quotes for one token", () => {
    const marks = fc.constantFrom("'", '"', "`");
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("'", '"', "`", "\\", ";", "\n", "-", "/", "*", "$", "x") }),
    );
    fc.assert(
      fc.property(marks, texts, fc.constantFrom(quote, doubled), (mark, text, quoting) => {
        const tokens = [...tokenize(`SELECT ${quoting(mark, text)} , b`)];
        expect(tokens.map(({ kind }) => kind)).toEqual([
          "word",
          mark === "'" ? "string" : "identifier",
          "punctuation",
          "word",
        ]);
      }),
    );
  });

  it("finds the semicolon behind whatever precedes it, or refuses the text", () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      "`",
      "\\",
      "\\'",
      "''",
      "--",
      "\n",
      "/*",
      "*/",
      "$",
      "$x$",
      "#",
      "//",
      "1e",
      ".",
      "a",
      " ",
      "‘",
      "’",
      "x'",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (before) => {
        const sql = `SELECT ${before.join("")}`;
        // The closing piece ends every quote and comment that a reader other than ours could still be in.
        const tokens = [...tokenize(`${sql}\n;DROP`)];
        const hidden = !tokens.some(({ kind, text }) => kind === "illegal" || text === ";");
        if (hidden) expect(enginesView(`${sql}\n;DROP`)).toBe("hidden");
      }),
      { numRuns: 2_000 },
    );
  });
});

/**
 * The engine's rules for quotes and comments alone, written a second time as a plain state machine (after its Lexer.cpp):
 * whether a `;` outside of them is seen.
 */
function enginesView(sql: string): "seen" | "hidden" {
  for (let at = 0; at < sql.length; ) {
    const rest = sql.slice(at);
    if (rest.startsWith(";")) return "seen";
    const skip = ENGINE_TOKENS.map((pattern) => pattern.exec(rest)?.[0].length ?? 0).find((length) => length > 0) ?? 1;
    at += rest.startsWith("/*") ? engineComment(rest) : skip;
  }
  return "hidden";
}

const ENGINE_TOKENS = [
  /^--[^\n]*/,
  /^\/\/[^\n]*/,
  /^#[ !][^\n]*/,
  /^‘[^’]*’/,
  /^\$(\w*)\$[\s\S]*?\$\1\$/,
  /^[xXbB]'[0-9a-fA-F]*'/,
  /^'(?:[^'\\]|\\[\s\S]|'')*(?:'|\\?$)/,
  /^"(?:[^"\\]|\\[\s\S]|"")*(?:"|\\?$)/,
  /^`(?:[^`\\]|\\[\s\S]|``)*(?:`|\\?$)/,
  /^\d+(?:\.\d*)?[eE][-+]?\d*/,
  /^[\w$]+/,
];

function engineComment(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    const step = text.startsWith("/*", at) ? 1 : text.startsWith("*/", at) ? -1 : 0;
    depth += step;
    at += step === 0 ? 1 : 2;
    if (depth === 0) return at;
  }
  return text.length;
}
