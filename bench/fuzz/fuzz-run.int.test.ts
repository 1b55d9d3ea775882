import { describe, expect, it } from "vitest";
import { runFuzz } from "./fuzz-run.ts";

describe("nonsense sent to the collector", () => {
  it("is answered 200 and counted, harms no process, and changes nothing of another environment", async () => {
    const result = await runFuzz({ count: 2_000, seed: 2, viewers: 10 });
    const { examples, complaints, failedRequests } = result.control;
    expect([result.wrong, result.alarms, examples, complaints, failedRequests]).toEqual([[], [], [], [], 0]);
    expect(result.control.acknowledged).toBeGreaterThan(20);
    expect(result.received).toBe(result.logged + result.rejected);
    expect([result.rejectedStored, result.refusedRows]).toEqual([result.rejected, 0]);
    expect(result.peakMib.edge).toBeLessThan(1_000);
    expect(result.kinds.size).toBeGreaterThan(25);
  }, 180_000);
});
