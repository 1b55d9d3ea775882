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

describe("EndpointShare", () => {
  it("bounds one endpoint, and all together", () => {
    const share = new EndpointShare(LIMITS);
    times(8, () => share.begin("a"));
    times(3, () => share.begin("b"));
    const rooms = new Map([
      ["a", 0],
      ["b", 5],
    ]);
    expect(share.offerToWell()).toEqual({ rooms, ofOthers: 8, inAll: 9 });
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
    expect(share.offerToWell()).toMatchObject({ ofOthers: 8, inAll: 16 });
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
          expect(share.offerToWell().inAll).toBe(LIMITS.inAll - underWay.length);
        }
        for (const { id } of underWay) share.end(id, GOOD);
        expect(share.offerToWell().inAll).toBe(LIMITS.inAll);
        expect(share.offerToStrained().inAll).toBe(LIMITS.ofAllStrained);
      }),
    );
  });
});
