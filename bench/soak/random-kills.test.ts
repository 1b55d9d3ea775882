import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../domain/simulation/random.ts";
import { planKills } from "./random-kills.ts";

const VICTIMS = ["edge", "views", "clickhouse"];

describe("planKills", () => {
  it("plans every kill within the span, in order, and every process about equally often", () => {
    const property = fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (kills, seed) => {
      const plan = planKills(VICTIMS, kills, 10_000, createRandom(seed).unit);
      const times = plan.map(({ atMs }) => atMs);
      expect(plan).toHaveLength(kills);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(Math.max(...times)).toBeLessThanOrEqual(10_000);
      const counts = VICTIMS.map((victim) => plan.filter((kill) => kill.victim === victim).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    });
    fc.assert(property);
  });
});
