import { describe, expect, it } from "vitest";
import { decodeRows, encodeRow } from "./rows.ts";

describe("encodeRow", () => {
  it("never puts a bare line break into a row", () => {
    expect(encodeRow(["a\n\ndrop table canary", "\r\n"])).toBe(String.raw`["a\n\ndrop table canary","\r\n"]`);
  });

  it("sends 64-bit integers and times as text", () => {
    const row = [18_446_744_073_709_551_615n, new Date(Date.UTC(2026, 0, 31, 12, 0, 0, 5)), [1n], null];
    expect(encodeRow(row)).toBe('["18446744073709551615","2026-01-31 12:00:00.005",["1"],null]');
  });

  it("replaces lone surrogates, which the engine refuses", () => {
    expect(encodeRow(["a\ud800b", "😀"])).toBe('["a\ufffdb","😀"]');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %d instead of storing 0", (value) => {
    expect(() => encodeRow([value])).toThrow(RangeError);
  });
});

describe("decodeRows", () => {
  const exception =
    "Code: 395. DB::Exception: Value passed to 'throwIf' function is non-zero. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)";

  it("reads one object a line", () => {
    expect(decodeRows('{"a":1}\n{"a":2}\n')).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it.each([
    ["as plain text", `{"a":1}\n${exception}`],
    [
      "behind the marker of newer servers",
      `{"a":1}\n\r\n__exception__\r\nabcdef\r\n${exception}\n5 abcdef\r\n__exception__\r\n`,
    ],
    ["as a last row", `{"a":1}\n${JSON.stringify({ exception })}\n`],
    ["in the middle of a row", `{"a":1}\n{"a":${exception}`],
  ])("throws an exception that follows rows %s", (_case, body) => {
    expect(() => decodeRows(body)).toThrow(expect.objectContaining({ code: "395" }));
  });

  it("keeps a column that is called exception", () => {
    expect(decodeRows('{"exception":"player failed"}\n')).toEqual([{ exception: "player failed" }]);
  });

  it("throws when the answer breaks off", () => {
    expect(() => decodeRows('{"a":1}\n{"a":')).toThrow("not JSON");
  });
});
