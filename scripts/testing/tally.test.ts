import { describe, expect, it } from "vitest";
import { tallyOfPlaywright, tallyOfVitest } from "./tally.ts";

const vitest = (passed: number, failed: number, files: unknown[] = []) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults: files,
});

describe("tallyOfVitest", () => {
  it("counts cases", () => {
    expect(tallyOfVitest(vitest(7, 2), 1)).toEqual({ passed: 7, failed: 2 });
  });

  it("counts a file that could not be loaded, which has no cases", () => {
    expect(tallyOfVitest(vitest(7, 0, [{ status: "failed", assertionResults: [] }]), 1)).toEqual({
      passed: 7,
      failed: 1,
    });
  });

  it("takes no case at all for a failure", () => {
    expect(tallyOfVitest(vitest(0, 0), 0)).toEqual({ passed: 0, failed: 1 });
  });

  it("takes a bad exit without a failed case for a failure", () => {
    expect(tallyOfVitest(vitest(7, 0), 1)).toEqual({ passed: 7, failed: 1 });
  });
});

describe("tallyOfPlaywright", () => {
  it("takes a case that passed only when tried again for a failure", () => {
    expect(tallyOfPlaywright({ stats: { expected: 5, unexpected: 1, flaky: 1 }, errors: [] }, 1)).toEqual({
      passed: 5,
      failed: 2,
    });
  });
});
