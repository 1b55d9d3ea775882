import { ClickHouseError as EngineAnswerError, parseError } from "@clickhouse/client";

/**
 * One line of JSONCompactEachRow. A bigint travels as text, a Date as UTC text with milliseconds; undefined as null. Lone
 * surrogates, which players do send, become U+FFFD: the engine refuses them, and with them the whole batch.
 *
 * @throws RangeError for NaN and infinities: JSON has none, and null would be stored as 0 without a word
 */
export function encodeRow(row: unknown): string {
  return JSON.stringify(encodeValue(row));
}

function encodeValue(value: unknown): unknown {
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw new RangeError(`${value} cannot be stored`);
  }
  if (typeof value === "bigint") return String(value);
  if (value instanceof Date) return value.toISOString().replace("T", " ").slice(0, -1);
  if (Array.isArray(value)) return value.map(encodeValue);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, encodeValue(inner)]));
  }
  return value;
}

/**
 * The rows of a JSONEachRow answer.
 *
 * A server may fail after it has sent the status 200 and some rows: then its exception follows them, as plain text or as a
 * last row that holds nothing else. Both throw that exception.
 */
export function decodeRows(body: string): unknown[] {
  const rows: unknown[] = [];
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf("\n", start);
    const end = newline < 0 ? body.length : newline;
    const line = body.slice(start, end);
    if (line.trim() !== "") rows.push(decodeRow(line, body.slice(start, start + MAX_EXCEPTION_LENGTH)));
    start = end + 1;
  }
  return rows;
}

/** The server cuts its own exceptions in the stream to 16 kB. */
const MAX_EXCEPTION_LENGTH = 20_000;

function decodeRow(line: string, rest: string): unknown {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (error) {
    const found = parseError(rest);
    throw found instanceof EngineAnswerError ? found : new Error("the answer is not JSON", { cause: error });
  }
  const exception = onlyException(row);
  if (exception !== null) throw exception;
  return row;
}

function onlyException(row: unknown): Error | null {
  if (typeof row !== "object" || row === null || !("exception" in row) || Object.keys(row).length !== 1) return null;
  const found = typeof row.exception === "string" ? parseError(row.exception) : null;
  return found instanceof EngineAnswerError ? found : null;
}
