import { describe, expect, it } from "vitest";
import { MAX_UPLOAD_BYTES } from "../../../domain/upload/content-range.ts";
import { partBytesFor } from "./draft-cells.ts";

const MEBIBYTE = 1_048_576;

describe("partBytesFor", () => {
  it("fits the largest upload into the parts that S3 takes, by cells that a server can hold for many at once", () => {
    const partBytes = partBytesFor(MAX_UPLOAD_BYTES, 8 * MEBIBYTE);
    expect(partBytes).toBeLessThanOrEqual(24 * MEBIBYTE);
    expect(partBytes * 10_000).toBeGreaterThanOrEqual(MAX_UPLOAD_BYTES);
  });

  it("is the least one for what fits, and while nobody knows", () => {
    for (const sizeBytes of [null, 1, 80_000 * MEBIBYTE])
      expect(partBytesFor(sizeBytes, 8 * MEBIBYTE)).toBe(8 * MEBIBYTE);
  });
});
