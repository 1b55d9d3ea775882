import { describe, expect, it } from "vitest";
import { RejectionBudget } from "./rejection-budget.ts";

const USUAL_BYTES = 8_000;

describe("the budget for what is rejected", () => {
  it("is spent by a flood, by that network alone, and comes back within seconds", () => {
    const budget = new RejectionBudget();
    let limited = 0;
    for (let atMs = 0; atMs < 10_000; atMs += 1) {
      if (budget.isSpent("flood", atMs)) limited += 1;
      else budget.note("flood", USUAL_BYTES, 1, atMs); // 1,000 a second
    }
    expect(limited / 10_000).toBeGreaterThan(0.6);
    expect([budget.isSpent("flood", 10_000), budget.isSpent("other", 10_000)]).toEqual([true, false]);
    expect(budget.isSpent("flood", 12_000)).toBe(false);
  });

  it("is not spent by a player that sends nonsense every ten seconds, nor by a hundred behind one address", () => {
    const budget = new RejectionBudget();
    for (let atMs = 0; atMs < 600_000; atMs += 100) {
      budget.note("office", USUAL_BYTES, 1, atMs);
      expect(budget.isSpent("office", atMs)).toBe(false);
    }
  });

  it("is paid back by what is taken: many viewers behind one proxy, some of them broken", () => {
    const budget = new RejectionBudget();
    for (let atMs = 0; atMs < 60_000; atMs += 1) {
      budget.note("proxy", USUAL_BYTES, atMs % 3 === 0 ? 1 : 0, atMs);
      expect(budget.isSpent("proxy", atMs)).toBe(false);
    }
  });

  it("is spent at once by a few bodies at the limit", () => {
    const budget = new RejectionBudget();
    for (let turn = 0; turn < 4; turn += 1) budget.note("bomb", 4 * 1_048_576, 1, 0);
    expect(budget.isSpent("bomb", 0)).toBe(true);
  });
});
