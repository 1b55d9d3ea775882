import { decodeCmcd } from "@svta/cml-cmcd";
import type { CmcdItem, CmcdReport, CmcdScalar, CmcdValue } from "../../../domain/inputs/cmcd-report.ts";
import { MAX_LONG_FIELD_LENGTH } from "../../../domain/wire/decode-events.ts";

/** Longest report, in UTF-16 code units: one with two URLs and three copied headers has about 4,000. */
const MAX_REPORT_LENGTH = 16_384;
/** CTA-5004-B names 54 keys; the rest of the room is for keys of somebody's own. */
const MAX_KEYS = 128;
/** Types of objects there are, and a few more. */
const MAX_ITEMS = 32;

/** Reads one report, a dictionary of structured fields (RFC 8941) or a JSON object. Null where it is neither. */
export function parseCmcd(text: string): CmcdReport | null {
  if (text.length > MAX_REPORT_LENGTH) return null;
  try {
    // Tokens as symbols, the parser's own choice, would stay in memory for ever: the registry forgets none.
    return reportOf(text.startsWith("{") ? JSON.parse(text) : decodeCmcd(text, { useSymbol: false }));
  } catch {
    return null; // the parser throws at whatever is not well-formed
  }
}

/** Of a parsed object; null for anything else and for one with too many keys. */
export function reportOf(parsed: unknown): CmcdReport | null {
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
  const entries = Object.entries(parsed);
  if (entries.length === 0 || entries.length > MAX_KEYS) return null;
  const report = new Map<string, CmcdValue>();
  for (const [key, raw] of entries) {
    const value = keyValueOf(raw);
    if (value !== undefined) report.set(key, value);
  }
  return report;
}

/** Dates and bytes, which no key of CMCD has, are left out. */
function keyValueOf(raw: unknown): CmcdValue | undefined {
  if (!Array.isArray(raw)) return itemOf(raw)?.value;
  return raw.slice(0, MAX_ITEMS).flatMap((item) => itemOf(item) ?? []);
}

/** A bare value, or one with parameters: the name of the first is the type of object that it is of. */
function itemOf(raw: unknown): CmcdItem | undefined {
  const bare = scalarOf(raw);
  if (bare !== undefined) return { value: bare, type: "" };
  if (typeof raw !== "object" || raw === null || !("value" in raw)) return undefined;
  const value = scalarOf(raw.value);
  if (value === undefined) return undefined;
  const parameters = "params" in raw && typeof raw.params === "object" ? Object.keys(raw.params ?? {}) : [];
  return { value, type: parameters[0] ?? "" };
}

function scalarOf(raw: unknown): CmcdScalar | undefined {
  if (typeof raw === "number" || typeof raw === "boolean") return raw;
  if (typeof raw === "string") return raw.slice(0, MAX_LONG_FIELD_LENGTH);
  const isToken = typeof raw === "object" && raw !== null && "description" in raw;
  return isToken && typeof raw.description === "string" ? raw.description.slice(0, MAX_LONG_FIELD_LENGTH) : undefined;
}
