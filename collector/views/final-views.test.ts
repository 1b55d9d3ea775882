import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FinalViews } from "./final-views.ts";
import { HourOfFinals } from "./hour-of-finals.ts";

const HOUR_MS = 3_600_000;
/** On the hour. */
const NOW_MS = 1_795_500_000_000 - (1_795_500_000_000 % HOUR_MS);

describe("FinalViews", () => {
  it("knows every view by its own first arrival, and no other", () => {
    const key = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.dictionary(key, fc.integer({ min: 0, max: NOW_MS })), fc.array(key), (added, others) => {
        const finals = new FinalViews();
        for (const [name, firstSeenMs] of Object.entries(added)) finals.add(name, { firstSeenMs, finalAtMs: NOW_MS });
        for (const [name, firstSeenMs] of Object.entries(added)) expect(finals.find(name, NOW_MS)).toBe(firstSeenMs);
        for (const name of others) if (!Object.hasOwn(added, name)) expect(finals.find(name, NOW_MS)).toBeNull();
      }),
    );
  });

  it("forgets an hour as a whole, 24 hours after it is over, by the time of who asks", () => {
    const finals = new FinalViews();
    finals.add("first", { firstSeenMs: 7, finalAtMs: NOW_MS });
    finals.add("last", { firstSeenMs: 8, finalAtMs: NOW_MS + HOUR_MS - 1 });
    const overMs = NOW_MS + 25 * HOUR_MS;
    expect([finals.find("first", overMs - 1), finals.find("last", overMs - 1)]).toEqual([7, 8]);
    expect([finals.find("first", overMs), finals.find("last", overMs)]).toEqual([null, null]);
    finals.forget(overMs);
    expect(finals.size).toBe(0);
  });

  it("tells of a view that was opened anew when it last began", () => {
    const finals = new FinalViews();
    finals.add("again", { firstSeenMs: 2, finalAtMs: NOW_MS + 3 * HOUR_MS });
    finals.add("again", { firstSeenMs: 1, finalAtMs: NOW_MS });
    expect(finals.find("again", NOW_MS + 4 * HOUR_MS)).toBe(2);
  });
});

describe("an hour of final views", () => {
  it("keeps tens of thousands, and gives them back from the bytes of a checkpoint, in parts", () => {
    const hour = new HourOfFinals();
    const hashOf = (index: number) => [(index * 2_654_435_761) >>> 0, index, index % 3] as const;
    const timeOf = (index: number) => NOW_MS - index * 977;
    for (let index = 0; index < 50_000; index += 1) hour.add(hashOf(index), timeOf(index));
    const again = new HourOfFinals();
    again.load(hour.bytes(0, 20_000));
    again.load(hour.bytes(20_000));
    expect([hour.size, again.size]).toEqual([50_000, 50_000]);
    for (let index = 0; index < 50_000; index += 1) {
      if (again.find(hashOf(index)) !== timeOf(index)) throw new Error(`${index} is lost`);
    }
    expect(again.find(hashOf(50_001))).toBeNull();
    expect(again.bytes(0).equals(hour.bytes(0))).toBe(true);
  });
});
