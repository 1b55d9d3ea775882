import { describe, expect, it } from "vitest";
import { complaintsOf } from "./complaints.ts";
import { runMediaFuzz } from "./media-fuzz-run.ts";

describe("hostile files, uploaded to a real server", () => {
  it("end ready or errored with words, and make nothing crash, connect or look around", async () => {
    const result = await runMediaFuzz({ count: 48, seed: 3, traced: 16 });
    expect(complaintsOf(result)).toEqual([]);
    const counted = (status: string): number => result.files.filter((file) => file.status === status).length;
    expect(counted("ready") + counted("errored")).toBe(48);
    expect(counted("errored")).toBeGreaterThan(30);
    expect(result.processes.seen).toBeGreaterThan(5);
    if (result.trace !== null) expect(result.trace.runs).toBeGreaterThan(3);
  }, 300_000);
});
