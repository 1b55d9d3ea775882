import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EndpointShare, type Offer } from "./endpoint-share.ts";

const LIMITS = { inAll: 20, ofOne: 8, ofFailing: 2, ofAllStrained: 4 };
const GOOD = { isTaken: true, tookMs: 20 };
const BAD = { isTaken: false, tookMs: 5_000 };
const SLOW = { isTaken: true, tookMs: 4_000 };

function times(count: number, act: () => void): void {
  for (let n = 0; n < count; n += 1) act();
}

const strain = (share: EndpointShare, id: string, how = BAD) =>
  times(5, () => {
    share.begin(id);
    share.end(id, how);
  });

/** Begins as many attempts as are offered to these, as `claimDeliveries` takes them; how many. */
function takeAll(share: EndpointShare, ids: readonly string[], most = Number.POSITIVE_INFINITY): number {
  for (let taken = 0; ; ) {
    const { rooms, ofOthers, inAll } = share.offerToWell();
    const due = ids.flatMap((id) => {
      const room = rooms.get(id) ?? ofOthers;
      return Array.from({ length: room }, (_, at) => ({ id, place: at + ofOthers - room }));
    });
    const begun = due.toSorted((a, b) => a.place - b.place).slice(0, Math.min(inAll, most - taken));
    for (const { id } of begun) share.begin(id);
    if (begun.length === 0) return taken;
    taken += begun.length;
  }
}

describe("EndpointShare", () => {
  it("bounds one endpoint, and all together", () => {
    const share = new EndpointShare(LIMITS);
    times(8, () => share.begin("a"));
    times(3, () => share.begin("b"));
    const rooms = new Map([
      ["a", 0],
      ["b", 1],
    ]);
    expect(share.offerToWell()).toEqual({ rooms, ofOthers: 4, inAll: 5 });
    expect(share.offerToStrained()).toEqual({ rooms: new Map(), ofOthers: 0, inAll: 4 });
  });

  it("leaves few places to one that hangs, until it is well again", () => {
    const share = new EndpointShare(LIMITS);
    strain(share, "a");
    expect(share.offerToWell().rooms).toEqual(new Map([["a", 0]]));
    expect(share.offerToStrained().rooms).toEqual(new Map([["a", 2]]));
    share.begin("a");
    share.end("a", GOOD);
    expect([share.offerToWell().rooms.size, share.offerToStrained().rooms.size]).toEqual([0, 0]);
  });

  it("lets one that is slow go on, of what those that strain have together", () => {
    const share = new EndpointShare(LIMITS);
    strain(share, "a", SLOW);
    expect(share.offerToWell().rooms).toEqual(new Map([["a", 0]]));
    expect(share.offerToStrained()).toEqual({ rooms: new Map([["a", 8]]), ofOthers: 0, inAll: 4 });
    strain(share, "a", BAD);
    expect(share.offerToStrained().rooms).toEqual(new Map([["a", 2]]));
    share.begin("a");
    share.end("a", SLOW);
    expect(share.offerToStrained().rooms).toEqual(new Map([["a", 8]]));
  });

  it("does not mind single failures", () => {
    const share = new EndpointShare(LIMITS);
    times(100, () => {
      for (const how of [BAD, BAD, BAD, BAD, GOOD]) {
        share.begin("a");
        share.end("a", how);
        expect(share.offerToStrained().rooms.size).toBe(0);
      }
    });
  });

  it("leaves most to the others, however many hang", () => {
    const share = new EndpointShare(LIMITS);
    for (const id of ["a", "b", "c"]) strain(share, id);
    for (const id of ["a", "b"]) times(2, () => share.begin(id));
    expect(share.offerToStrained()).toMatchObject({ inAll: 0 });
    expect(share.offerToWell()).toMatchObject({ ofOthers: 7, inAll: 8 });
  });

  it("leaves room to one that answers when others begin to hang at once, or nothing is known of any", () => {
    for (const isKnown of [true, false])
      for (const [count, free] of [
        [8, 115],
        [30, 25],
        [60, 5],
      ] as const) {
        const share = new EndpointShare({ ...LIMITS, inAll: 256, ofOne: 32, ofAllStrained: 128 });
        const ids = Array.from({ length: count }, (_, n) => `hanging-${n}`);
        for (const id of isKnown ? ids : []) {
          times(2, () => share.begin(id));
          share.end(id, GOOD);
        }
        const underWay = isKnown ? count : 0;
        const taken = takeAll(share, ids);
        expect(256 - underWay - taken).toBeGreaterThanOrEqual(free);
        for (let n = 0; n < 100; n += 1) {
          expect(takeAll(share, ["well"], 1)).toBe(1);
          share.end("well", GOOD);
        }
      }
  });

  it("gives as much as one may have to one that answers", () => {
    const share = new EndpointShare(LIMITS);
    times(3, () => share.begin("a"));
    share.end("a", GOOD);
    expect(takeAll(share, ["a"])).toBe(6);
    expect(share.offerToWell().rooms.get("a")).toBe(0);
    times(7, () => share.end("a", GOOD));
    expect(share.offerToWell().rooms.get("a")).toBe(7);
  });

  it("asks one that fails again and again, however little is free", () => {
    const share = new EndpointShare(LIMITS);
    times(8, () => share.begin("a"));
    times(8, () => share.begin("b"));
    for (let n = 0; n < 4; n += 1) {
      expect(takeAll(share, ["c"], 1)).toBe(1);
      share.end("c", BAD);
    }
    expect(takeAll(share, ["c"], 1)).toBe(1);
  });

  it("counts those that were under way when it became strained", () => {
    const share = new EndpointShare(LIMITS);
    times(8, () => share.begin("a"));
    times(5, () => share.end("a", BAD));
    expect(share.offerToStrained()).toMatchObject({ inAll: 1, rooms: new Map([["a", 0]]) });
    times(3, () => share.end("a", BAD));
    expect(share.offerToStrained()).toMatchObject({ inAll: 4, rooms: new Map([["a", 2]]) });
  });

  it("never gives more than there is, and counts to the end", () => {
    const id = fc.constantFrom("a", "b", "c", "d");
    const steps = fc.array(fc.record({ id, how: fc.constantFrom(GOOD, BAD, SLOW) }), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (taken) => {
        const share = new EndpointShare(LIMITS);
        const underWay: (typeof taken)[number][] = [];
        const isOffered = (id: string, { rooms, ofOthers, inAll }: Offer) =>
          inAll > 0 && (rooms.get(id) ?? ofOthers) > 0;
        for (const step of taken) {
          if (isOffered(step.id, share.offerToWell()) || isOffered(step.id, share.offerToStrained())) {
            share.begin(step.id);
            underWay.push(step);
            expect(underWay.filter((one) => one.id === step.id).length).toBeLessThanOrEqual(LIMITS.ofOne);
          } else {
            const ended = underWay.shift();
            if (ended !== undefined) share.end(ended.id, ended.how);
          }
          expect(share.offerToWell().inAll).toBe(Math.ceil((LIMITS.inAll - underWay.length) / 2));
        }
        for (const { id } of underWay) share.end(id, GOOD);
        expect(share.offerToWell().inAll).toBe(LIMITS.inAll / 2);
        expect(share.offerToStrained().inAll).toBe(LIMITS.ofAllStrained);
      }),
    );
  });
});
