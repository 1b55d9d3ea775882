import { describe, expect, it } from "vitest";
import { createRandom, deriveSeed } from "./random.ts";

const DRAWS = 20_000;

function draw<T>(make: () => T): T[] {
  return Array.from({ length: DRAWS }, make);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("createRandom", () => {
  it("follows its distributions", () => {
    const random = createRandom(42);
    expect(mean(draw(() => random.unit()))).toBeCloseTo(0.5, 1);
    expect(mean(draw(() => random.exponential(300))) / 300).toBeCloseTo(1, 1);
    const logNormal = draw(() => random.logNormal(700, 0.6)).sort((one, other) => one - other);
    expect((logNormal[DRAWS / 2] ?? 0) / 700).toBeCloseTo(1, 1);
    expect(new Set(draw(() => random.integer(3, 6)))).toEqual(new Set([3, 4, 5]));
  });

  it("chooses by weight, never what has none", () => {
    const random = createRandom(7);
    const chosen = draw(() => random.weighted([{ weight: 3 }, { weight: 1 }, { weight: 0 }]).weight);
    expect(chosen.filter((weight) => weight === 3).length / DRAWS).toBeCloseTo(0.75, 1);
    expect(chosen).not.toContain(0);
  });

  it("gives neighbours in a run different lives", () => {
    const firsts = Array.from({ length: 1_000 }, (_, index) => createRandom(deriveSeed(1, index)).unit());
    expect(new Set(firsts).size).toBe(1_000);
    expect(mean(firsts)).toBeCloseTo(0.5, 1);
  });
});
