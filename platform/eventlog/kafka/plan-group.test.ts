import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GroupPlan, type MemberClaim, planGroup } from "./plan-group.ts";

const claim = (memberId: string, owned: number[] = [], generation = 1): MemberClaim => ({
  memberId,
  owned,
  generation,
});
const shares = ({ partitionsOf }: GroupPlan) => Object.fromEntries(partitionsOf);

/** Any group: some partitions are held by one member each, the rest by nobody. */
const groups = fc
  .record({
    partitions: fc.integer({ min: 1, max: 24 }),
    members: fc.integer({ min: 1, max: 8 }),
    holders: fc.array(fc.integer({ min: -1, max: 7 }), { minLength: 24, maxLength: 24 }),
  })
  .map(({ partitions, members, holders }) => {
    const claims = Array.from({ length: members }, (_, at) =>
      claim(
        `m${at}`,
        holders.slice(0, partitions).flatMap((holder, partition) => (holder === at ? [partition] : [])),
      ),
    );
    return { partitions, claims };
  });

describe("planGroup", () => {
  it("never gives a partition to two, nor one that is held to anybody but its holder", () => {
    const property = fc.property(groups, ({ partitions, claims }) => {
      const { partitionsOf, withheld } = planGroup(partitions, claims);
      const given = [...partitionsOf].flatMap(([memberId, list]) => list.map((partition) => ({ memberId, partition })));
      const all = [...given.map(({ partition }) => partition), ...withheld].sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: partitions }, (_, partition) => partition));
      for (const { memberId, partition } of given) {
        const holder = claims.find(({ owned }) => owned.includes(partition));
        expect(holder?.memberId ?? memberId).toBe(memberId);
      }
    });
    fc.assert(property);
  });

  it("is even and complete one round later, and then stays as it is", () => {
    const property = fc.property(groups, ({ partitions, claims }) => {
      const taken = (plan: GroupPlan) => [...plan.partitionsOf].map(([memberId, owned]) => claim(memberId, owned));
      const second = planGroup(partitions, taken(planGroup(partitions, claims)));
      const counts = [...second.partitionsOf.values()].map((list) => list.length);
      expect(second.withheld).toEqual([]);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      expect(shares(planGroup(partitions, taken(second)))).toEqual(shares(second));
    });
    fc.assert(property);
  });

  it("takes no more from a member than its share leaves over", () => {
    const plan = planGroup(4, [claim("old", [0, 1, 2, 3]), claim("new")]);
    expect(shares(plan)).toEqual({ old: [0, 1], new: [] });
    expect(plan.withheld).toEqual([2, 3]);
  });

  it("leaves members that come and go without a share alone", () => {
    const plan = planGroup(2, [claim("a", [0]), claim("b", [1]), claim("c")]);
    expect(shares(plan)).toEqual({ a: [0], b: [1], c: [] });
  });

  it("believes the younger of two claims", () => {
    const plan = planGroup(2, [claim("late", [0, 1], 3), claim("current", [0], 4)]);
    expect(shares(plan)).toEqual({ late: [1], current: [0] });
  });
});
