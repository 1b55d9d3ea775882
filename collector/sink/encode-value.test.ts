import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COLUMN_TYPES, RECORD_COLUMNS } from "../../domain/view/record-columns.ts";
import { played } from "../../domain/view/testing/play.ts";
import type { ViewRecord } from "../../domain/view/view-record.ts";
import { encodeRecord, RECORD_COLUMN_NAMES } from "./encode-value.ts";

const PARTS = Object.keys(RECORD_COLUMNS) as (keyof ViewRecord)[];
const record = played([
  ["play", 0],
  ["playing", 100],
]);

function encoded(part: keyof ViewRecord, value: unknown): unknown {
  const row = encodeRecord({ ...record, [part]: value });
  return row[PARTS.indexOf(part)];
}

/** Whether a value is one that the column takes. */
function fits(value: unknown, type: string): boolean {
  const bare = /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)?.[1] ?? type;
  if (value === null) return type.startsWith("Nullable");
  if (bare === "String") return typeof value === "string" && value.isWellFormed();
  if (bare.startsWith("Array")) return Array.isArray(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (bare === "Float64") return true;
  if (bare === "Float32") return Math.abs(value) <= 3.4028235e38;
  const largest = { UInt8: 1, UInt32: 2 ** 32 - 1, UInt64: Number.MAX_SAFE_INTEGER }[bare] ?? 7.3e12;
  return Number.isInteger(value) && value >= 0 && value <= largest;
}

describe("a record's columns", () => {
  it("take any number, whatever a client claims", () => {
    const numbers = PARTS.filter((part) => typeof record[part] === "number" || /ms|count|real/i.test(kindOf(part)));
    const number = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e308, -1, 2 ** 32, 2 ** 64, 8.64e15, 0.5),
    );
    fc.assert(
      fc.property(fc.constantFrom(...numbers), number, (part, value) => {
        expect([part, value, fits(encoded(part, value), COLUMN_TYPES[kindOf(part)])]).toEqual([part, value, true]);
      }),
      { numRuns: 3_000 },
    );
  });

  it("take any text, well-formed and cut, and lists up to a length", () => {
    for (const part of PARTS.filter((each) => typeof record[each] === "string")) {
      const text = encoded(part, `${"x".repeat(300_000)}\ud800`);
      expect([part, fits(text, "String"), String(text).length < 300_000]).toEqual([part, true, true]);
    }
    expect(encoded("videoTitle", `${"x".repeat(1_023)}🍵`)).toBe(`${"x".repeat(1_023)}\ufffd`);
    expect(encoded("cdnTrace", Array(5_000).fill("a"))).toHaveLength(100);
    expect(encoded("playbackRanges", Array(5_000).fill({ startMs: -1, endMs: 1e20 }))).toHaveLength(1_000);
    expect(encoded("playbackRanges", [{ startMs: -1, endMs: 1e20 }])).toEqual([{ start_ms: 0, end_ms: 4_294_967_295 }]);
  });

  it("say no value where there is none", () => {
    expect([encoded("startupMs", null), encoded("latitude", Number.NaN), encoded("playerRemotePlayed", null)]).toEqual([
      null,
      null,
      null,
    ]);
    expect([encoded("ended", true), encoded("ended", false), encoded("prerollPlayed", false)]).toEqual([1, 0, 0]);
  });

  it("stand in the order of the table, each once", () => {
    expect(encodeRecord(record)).toHaveLength(RECORD_COLUMN_NAMES.length);
    expect(new Set(RECORD_COLUMN_NAMES).size).toBe(PARTS.length);
  });
});

function kindOf(part: keyof ViewRecord) {
  return RECORD_COLUMNS[part].kind;
}
