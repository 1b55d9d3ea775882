import { describe, expect, it } from "vitest";
import { tallyOfPlaywright, tallyOfVitest } from "./tally.ts";

const vitest = (passed: number, failed: number, files: unknown[] = []) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults: files,
});

describe("tallyOfVitest", () => {
  it("counts cases", () => {
    expect(tallyOfVitest(vitest(7, 2), 1)).toMatchObject({ passed: 7, failed: 2 });
  });

  it("counts a file that could not be loaded, which has no cases", () => {
    const file = { name: "a.test.ts", status: "failed", message: "no such module", assertionResults: [] };
    expect(tallyOfVitest(vitest(7, 0, [file]), 1)).toEqual({
      passed: 7,
      failed: 1,
      failures: ["a.test.ts › could not be loaded\n    no such module"],
    });
  });

  it("names the cases that failed, with the beginning of the reason", () => {
    const cases = [
      { status: "passed", fullName: "is well", failureMessages: [] },
      { status: "failed", fullName: "is 7", failureMessages: ["\u001b[31mexpected 8\u001b[39m to be 7\n    at a.ts"] },
    ];
    const file = { name: "a.test.ts", status: "failed", message: "", assertionResults: cases };
    expect(tallyOfVitest(vitest(1, 1, [file]), 1).failures).toEqual([
      "a.test.ts › is 7\n    expected 8 to be 7\n        at a.ts",
    ]);
  });

  it("takes no case at all for a failure", () => {
    expect(tallyOfVitest(vitest(0, 0), 0)).toMatchObject({ passed: 0, failed: 1 });
  });

  it("takes a bad exit without a failed case for a failure", () => {
    expect(tallyOfVitest(vitest(7, 0), 1)).toEqual({ passed: 7, failed: 1, failures: ["the tool ended with 1"] });
  });
});

describe("tallyOfPlaywright", () => {
  it("takes a case that passed only when tried again for a failure, and names it", () => {
    const flaky = { status: "flaky", results: [{ errors: [{ message: "too late" }] }, { errors: [] }] };
    const spec = { title: "plays", file: "players.spec.ts", line: 7, ok: true, tests: [flaky] };
    const suites = [{ specs: [], suites: [{ specs: [spec] }] }];
    expect(tallyOfPlaywright({ stats: { expected: 5, unexpected: 1, flaky: 1 }, errors: [], suites }, 1)).toEqual({
      passed: 5,
      failed: 2,
      failures: ["players.spec.ts:7 › plays\n    too late"],
    });
  });
});
