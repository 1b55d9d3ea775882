import { ClickHouseError } from "../clickhouse.ts";
import { SqlRefused } from "./sql-refused.ts";

/** Engine error numbers of statements that cost too much, in words. */
const TOO_COSTLY: ReadonlyMap<number, string> = new Map([
  [159, "takes too long: ask for less time or fewer columns, filter by view_start or first_seen"],
  [160, "takes too long: ask for less time or fewer columns, filter by view_start or first_seen"],
  [241, "needs too much memory: group by less, or sort fewer rows"],
  [396, "has too large an answer: add a LIMIT, or select fewer columns"],
  [394, "was ended"],
]);

/** Of a statement's size: what its writer can shorten. */
const TOO_LARGE = new Set([36, 168, 167, 306, 162]);

/** Numbers whose words are about the statement alone, and help whoever wrote it. */
const EXPLAINED = new Set([
  6, 8, 10, 16, 20, 27, 32, 34, 35, 38, 41, 42, 43, 44, 46, 47, 48, 49, 50, 51, 52, 53, 60, 62, 63, 65, 69, 70, 72, 80,
  117, 125, 131, 153, 176, 179, 184, 190, 206, 207, 215, 258, 321, 349, 352, 386, 403, 407, 427, 456, 476, 636, 706,
]);

/**
 * What the engine refused, told to the customer, or null where it was not the statement's fault. The engine's own words are
 * kept where they are about the statement, without names of the engine's inside and without its version.
 */
export function engineRefusal(error: unknown): SqlRefused | null {
  if (!(error instanceof ClickHouseError) || error.code === null) return null;
  const costly = TOO_COSTLY.get(error.code);
  if (costly !== undefined) return new SqlRefused("too_costly", costly, { cause: error });
  if (error.retriable) return null;
  if (TOO_LARGE.has(error.code)) return new SqlRefused("invalid", "is nested too deep or too long when written out");
  if (EXPLAINED.has(error.code)) return new SqlRefused("invalid", wordsOf(error.message), { cause: error });
  return new SqlRefused("invalid", `is refused by the store (${typeOf(error.message)})`, { cause: error });
}

/** Lines that stand before the statement in what is sent. */
const LINES_BEFORE = 1;
const MAX_WORDS = 400;

function wordsOf(message: string): string {
  const plain = message
    .replace(/^.*?DB::Exception: /s, "")
    .replace(/^(?:Code: \d+\. DB::Exception: )+/, "")
    .replace(/\s*\(version [^)]*\)/g, "")
    .replace(/\s*\([A-Z][A-Z0-9_]+\)\s*$/, "")
    .replace(/ in scope [\s\S]*$/i, "")
    .replace(/:? In scope [\s\S]*$/, "")
    .replace(/: while executing [\s\S]*$/i, "")
    .replace(/: While (?:executing|processing) [\s\S]*$/, "")
    .replaceAll("playhead.", "")
    .replace(/__table\d+\./g, "");
  return (syntaxErrorOf(plain) ?? plain).replace(/[.:\s]+$/, "").slice(0, MAX_WORDS);
}

/** `failed at position 56 (FROM) (line 2, col 44): …. Expected one of: …` as line and column of the customer's text. */
function syntaxErrorOf(text: string): string | null {
  if (!text.startsWith("Syntax error")) return null;
  const place = /failed at position \d+ \(([\s\S]{0,60}?)\) \(line (\d+), col (\d+)\)/.exec(text);
  const expected = /Expected one of: (.{0,200})/s.exec(text)?.[1] ?? /Expected (.{0,200})/s.exec(text)?.[1];
  const wanted = expected === undefined ? "" : `; expected ${expected}`;
  if (place === null)
    return /end of query/.test(text) ? `the statement ends too early${wanted}` : `cannot be read${wanted}`;
  const [, found, line, column] = place;
  return `line ${Number(line) - LINES_BEFORE}, column ${column}: cannot be read at "${found}"${wanted}`;
}

const typeOf = (message: string): string => /\(([A-Z][A-Z0-9_]+)\)\s*$/.exec(message)?.[1] ?? "UNKNOWN";
