import { describe, expect, it } from "vitest";
import { FETCH_TASK, INGEST_TASK, queuedStep } from "./outcome.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const queuesOf = (task: typeof FETCH_TASK | typeof INGEST_TASK, environment: string) =>
  new Set(Array.from(ALPHABET, (first) => queuedStep(task, { environment, assetId: `${first}id` }).queue));

describe("steps of taking an asset in", () => {
  it("have few at work of one environment, and share no queue with another or with each other", () => {
    const [fetches, looks] = [queuesOf(FETCH_TASK, "abc123"), queuesOf(INGEST_TASK, "abc123")];
    expect([fetches.size, looks.size]).toEqual([4, 2]);
    const others = [...queuesOf(FETCH_TASK, "xyz789"), ...queuesOf(INGEST_TASK, "xyz789")];
    expect(new Set([...fetches, ...looks, ...others]).size).toBe(12);
  });

  it("of one asset wait in the same queue each time", () => {
    const job = { environment: "abc123", assetId: "Zid" };
    expect(queuedStep(INGEST_TASK, job)).toEqual(queuedStep(INGEST_TASK, { ...job, assetId: "Zother" }));
  });
});
