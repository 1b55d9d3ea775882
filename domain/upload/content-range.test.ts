import { describe, expect, it } from "vitest";
import { MAX_UPLOAD_BYTES, readUploadRequest } from "./content-range.ts";

const bytes = (start: number, end: number | null, sizeBytes: number | null) => ({
  kind: "bytes",
  start,
  end,
  sizeBytes,
});

describe("readUploadRequest", () => {
  it.each([
    ["a whole body of known length", undefined, 10, bytes(0, 10, 10)],
    ["a whole body in chunks", undefined, null, bytes(0, null, null)],
    ["an empty header like none", " ", 10, bytes(0, 10, 10)],
    ["a piece", "bytes 0-9/100", 10, bytes(0, 10, 100)],
    ["a piece in chunks", "bytes 10-99/100", null, bytes(10, 100, 100)],
    ["a piece whose body is shorter", "bytes 0-9/100", 4, bytes(0, 10, 100)],
    ["a piece of an unknown total", "bytes 10-19/*", 10, bytes(10, 20, null)],
    ["the spelling with =", "Bytes=0-0/1", 1, bytes(0, 1, 1)],
    ["a question for the status", "bytes */100", 0, { kind: "status", sizeBytes: 100 }],
    ["a question without a total", "bytes */*", null, { kind: "status", sizeBytes: null }],
  ])("reads %s", (_, header, length, expected) => {
    expect(readUploadRequest(header, length)).toEqual(expected);
  });

  it.each([
    ["no bytes at all", undefined, 0],
    ["more than 200 GiB in one body", undefined, MAX_UPLOAD_BYTES + 1],
    ["more than 200 GiB in all", `bytes 0-9/${MAX_UPLOAD_BYTES + 1}`, 10],
    ["bytes beyond 200 GiB", `bytes ${MAX_UPLOAD_BYTES}-${MAX_UPLOAD_BYTES}/*`, 1],
    ["a range that runs backwards", "bytes 9-0/100", 10],
    ["a range beyond the total", "bytes 0-100/100", 101],
    ["a body longer than its range", "bytes 0-9/100", 11],
    ["a status question with a body", "bytes */100", 5],
    ["a question about a whole without bytes", "bytes */0", 0],
    ["another unit", "items 0-9/100", 10],
    ["numbers beyond reason", "bytes 0-99999999999999999999/*", 10],
    ["nonsense", "bytes a-b/c", 10],
  ])("refuses %s", (_, header, length) => {
    expect(readUploadRequest(header, length)).toEqual({ kind: "malformed", problem: expect.any(String) });
  });
});
