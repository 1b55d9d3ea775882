import { describe, expect, it } from "vitest";
import { runFuzz } from "./fuzz-run.ts";

describe("nonsense sent to the collector", () => {
  it("is answered 200 and counted, harms no process, and changes nothing of another environment", async () => {
    const result = await runFuzz({ count: 2_000, seed: 2, viewers: 10 });
    expect([result.wrong, result.alarms, result.control.examples]).toEqual([[], [], []]);
    expect(result.control).toMatchObject({
      lost: 0,
      doubled: 0,
      invented: 0,
      viewRows: 0,
      figures: 0,
      failedRequests: 0,
    });
    expect(result.control.acknowledged).toBeGreaterThan(20);
    expect(result.received).toBe(result.logged + result.rejected);
    expect([result.rejectedStored, result.refusedRows]).toEqual([result.rejected, 0]);
    expect(result.peakMib.edge).toBeLessThan(1_000);
    expect(result.kinds.size).toBeGreaterThan(25);
  }, 180_000);
});
