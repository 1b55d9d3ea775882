import { FIRST_WORDS, LATER_WORDS } from "./key-table.ts";
import { PUBLISHED_FIELDS } from "./published-fields.ts";

/** Players send about 240 names; the rest of the room is for names that newer ones invent. */
const MAX_MEMO_ENTRIES = 4_096;
const MAX_MEMO_KEY_LENGTH = 64;

const memo = new Map<string, string>();

/**
 * The long name of a compressed field name, by the rule of data-wire.md §3; a name that is not compressed is kept.
 * Remembers what it has decoded. A sender of invented names can empty the memory, which costs time but no more.
 */
export function decodeKey(short: string): string {
  const known = memo.get(short);
  if (known !== undefined) return known;

  const long = decode(short);
  if (short.length > MAX_MEMO_KEY_LENGTH) return long;
  if (memo.size >= MAX_MEMO_ENTRIES) memo.clear();
  memo.set(short, long);
  return long;
}

/** `viewer_time` would else read `viewer_` + `ti` + `me`. None of them is the compressed form of another. */
const LONG_NAMES: ReadonlySet<string> = new Set(PUBLISHED_FIELDS);

function decode(short: string): string {
  if (LONG_NAMES.has(short)) return short;
  return decodeKnownFirstWord(short) ?? decodeLiteralFirstWord(short) ?? decodeRokuForm(short) ?? short;
}

function decodeKnownFirstWord(short: string): string | null {
  const first = FIRST_WORDS.get(short.charAt(0));
  return first === undefined ? null : decodeLaterWords(first, short, 1);
}

/** `browser_ve`: a first word without a letter of its own stands there in full and ends with `_`. */
function decodeLiteralFirstWord(short: string): string | null {
  const end = short.indexOf("_");
  return end > 0 ? decodeLaterWords(short.slice(0, end), short, end + 1) : null;
}

/** `_browser_ve`: Roku puts `_` on both sides; an empty first word (`__`) is what is left of a leading `_`. */
function decodeRokuForm(short: string): string | null {
  if (short === "__") return "_";
  if (!short.startsWith("_")) return null;
  const end = short.indexOf("_", 1);
  return end < 0 ? null : decodeLaterWords(short.slice(1, end), short, end + 1);
}

/** Words from `from` to the end, joined to `name` by `_`; null unless all of it is consumed. */
function decodeLaterWords(name: string, short: string, from: number): string | null {
  let at = from;
  let long = name;
  while (at < short.length) {
    const end = wordEnd(short, at);
    const word = wordAt(short, at, end);
    if (word === undefined) return null;
    long += `_${word}`;
    at = end;
  }
  return long;
}

/** Where the coded word that begins at `at` ends; an unclosed `_` ends beyond the text, so that nothing is found. */
function wordEnd(short: string, at: number): number {
  if (isDigit(short, at)) {
    let end = at + 1;
    while (end < short.length && isDigit(short, end)) end += 1;
    return end;
  }
  if (short.charAt(at) !== "_") return at + 2;
  const close = short.indexOf("_", at + 1);
  return close < 0 ? short.length + 1 : close + 1;
}

function wordAt(short: string, at: number, end: number): string | undefined {
  if (end > short.length) return undefined;
  if (isDigit(short, at)) return short.slice(at, end);
  if (short.charAt(at) !== "_") return LATER_WORDS.get(short.slice(at, end));
  return end - at > 2 ? short.slice(at + 1, end - 1) : undefined;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

const FIRST_CODES = invert(FIRST_WORDS);
const LATER_CODES = invert(LATER_WORDS);

function invert(table: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...table].map(([code, word]) => [word, code]));
}

/** The compressed form of a long name as the web SDK writes it. Counterpart of `decodeKey`. */
export function encodeKey(long: string): string {
  const [first = "", ...later] = long.split("_");
  return (FIRST_CODES.get(first) ?? `${first}_`) + later.map(encodeLaterWord).join("");
}

function encodeLaterWord(word: string): string {
  return /^\d+$/.test(word) ? word : (LATER_CODES.get(word) ?? `_${word}_`);
}
