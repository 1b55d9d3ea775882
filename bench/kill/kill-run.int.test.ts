import { describe, expect, it } from "vitest";
import { runKills, VICTIMS } from "./kill-run.ts";

describe("a simulation with kills", () => {
  it("counts every acknowledged beacon once, after one kill -9 of each process", async () => {
    const result = await runKills({ viewers: 40, durationMs: 30_000, killsEach: 1 });
    expect([result.complaints, result.examples]).toEqual([[], []]);
    expect(result.kills).toBe(VICTIMS.length);
    expect(result.acknowledged).toBeGreaterThan(500);
  }, 180_000);
});
