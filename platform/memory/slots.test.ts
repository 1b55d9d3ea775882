import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Slots } from "./slots.ts";

describe("slots", () => {
  it("hold what was added and not removed, in as many places as were ever needed at once", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 200 }), (steps) => {
        const slots = new Slots<{ id: number }>();
        const there = new Map<{ id: number }, number>();
        let [most, highest] = [0, -1];
        for (const [id, step] of steps.entries()) {
          const [oldest] = there;
          if (step === 0 && oldest !== undefined) {
            slots.remove(oldest[1], oldest[0]);
            there.delete(oldest[0]);
          } else {
            const member = { id };
            const slot = slots.add(member);
            there.set(member, slot);
            highest = Math.max(highest, slot);
          }
          most = Math.max(most, there.size);
        }
        expect(new Set(slots)).toEqual(new Set(there.keys()));
        expect([slots.size, highest + 1]).toEqual([there.size, most]);
      }),
    );
  });

  it("do not lose another's place to one that is removed twice", () => {
    const slots = new Slots<object>();
    const [first, second] = [{}, {}];
    const slot = slots.add(first);
    slots.remove(slot, first);
    slots.add(second);
    slots.remove(slot, first);
    expect([...slots]).toEqual([second]);
  });
});
