import { describe, expect, it } from "vitest";
import { runKills } from "./kill-run.ts";

describe("a simulation with kills", () => {
  it("counts every acknowledged beacon once, after one kill -9 of each process", async () => {
    const result = await runKills({ viewers: 40, durationMs: 30_000, killsEach: 1 });
    expect(result.examples).toEqual([]);
    expect(result).toMatchObject({ kills: 3, lost: 0, doubled: 0, invented: 0, viewRows: 0, figures: 0 });
    expect(result.acknowledged).toBeGreaterThan(500);
  }, 180_000);
});
