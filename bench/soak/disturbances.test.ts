import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../domain/simulation/random.ts";
import { type Disturbance, disturbAtRandom, planDisturbances } from "./disturbances.ts";

const KILLED = ["edge", "views", "clickhouse"];
const PAUSED = ["views", "broker"];
const SPAN_MS = 10_000;

describe("planDisturbances", () => {
  it("plans every kill, and pauses on top, within the span, in order, and every process about equally often", () => {
    const count = fc.integer({ min: 1, max: 60 });
    const property = fc.property(count, count, fc.nat(), (kills, pauses, seed) => {
      const shape = { killed: KILLED, kills, paused: PAUSED, pauses, spanMs: SPAN_MS };
      const plan = planDisturbances(shape, createRandom(seed).unit);
      const times = plan.map(({ atMs }) => atMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(Math.max(...times)).toBeLessThanOrEqual(SPAN_MS);
      for (const [kind, victims, planned] of [
        ["kill", KILLED, kills],
        ["pause", PAUSED, pauses],
      ] as const) {
        const ofKind = plan.filter((disturbance) => disturbance.kind === kind);
        expect(ofKind).toHaveLength(planned);
        const counts = victims.map((victim) => ofKind.filter((disturbance) => disturbance.victim === victim).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    });
    fc.assert(property);
  });

  it("plans no pause where nothing can stand still", () => {
    const shape = { killed: KILLED, kills: 5, paused: [], pauses: 5, spanMs: SPAN_MS };
    expect(planDisturbances(shape, createRandom(1).unit).map(({ kind }) => kind)).toEqual(Array(5).fill("kill"));
  });
});

describe("disturbAtRandom", () => {
  it("counts what was done, kills and pauses of one process apart", async () => {
    const plan = (["kill", "pause", "kill"] as const).map((kind) => ({ kind, victim: "views", atMs: 0 }));
    const seen: Disturbance[] = [];
    const disturbed = await disturbAtRandom(
      plan,
      async (disturbance) => void seen.push(disturbance),
      () => undefined,
    );
    expect(seen.map(({ kind }) => kind)).toEqual(["kill", "pause", "kill"]);
    expect([disturbed.kills.get("views"), disturbed.pauses.get("views")]).toEqual([2, 1]);
  });
});
