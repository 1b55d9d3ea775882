import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RunningHash } from "./running-hash.ts";

const WHOLE = Buffer.from(Uint8Array.from({ length: 200 }, (_, at) => (at * 7) % 251));
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

describe("RunningHash", () => {
  it("is that of the first bytes without a gap, however they overlap and repeat", () => {
    const pieces = fc.array(fc.tuple(fc.nat(200), fc.nat(60)), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, (all) => {
        const hash = new RunningHash();
        let hashedBytes = 0;
        for (const [start, length] of all) {
          const bytes = WHOLE.subarray(start, start + length);
          hash.offer(start, bytes);
          if (start <= hashedBytes) hashedBytes = Math.max(hashedBytes, start + bytes.length);
          expect(hash.hashedBytes).toBe(hashedBytes);
          expect(hash.digest()).toBe(sha256(WHOLE.subarray(0, hashedBytes)));
        }
      }),
    );
  });
});
