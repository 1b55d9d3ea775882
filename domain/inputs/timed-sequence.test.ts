import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENT_SLOT_MS, RANKS, timedSequence } from "./timed-sequence.ts";

const SLOT_MS = EVENT_SLOT_MS;
const WRAP_MS = SLOT_MS * 2 ** 28;

describe("timedSequence", () => {
  it("follows time, then rank, and fits the store's column, up to the moment where it starts again", () => {
    const moment = fc.record({ atMs: fc.integer({ min: 0, max: WRAP_MS - 1 }), rank: fc.nat(RANKS - 1) });
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        const [first, second] = [timedSequence(a.atMs, a.rank, SLOT_MS), timedSequence(b.atMs, b.rank, SLOT_MS)];
        expect(first).toBeGreaterThanOrEqual(0);
        expect(first).toBeLessThan(2 ** 32);
        const slots = [Math.floor(a.atMs / SLOT_MS), Math.floor(b.atMs / SLOT_MS)] as const;
        if (slots[0] !== slots[1]) expect(first < second).toBe(slots[0] < slots[1]);
        else expect(Math.sign(first - second)).toBe(Math.sign(a.rank - b.rank));
      }),
    );
    expect(timedSequence(WRAP_MS, 0, SLOT_MS)).toBe(0);
  });
});
