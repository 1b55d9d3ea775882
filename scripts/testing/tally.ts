import { z } from "zod";

/** What a step counts: test cases, or 1 for a check that has none. */
export interface Tally {
  passed: number;
  failed: number;
}

const Vitest = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

const Playwright = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
  errors: z.array(z.unknown()),
});

export function add(one: Tally, other: Tally): Tally {
  return { passed: one.passed + other.passed, failed: one.failed + other.failed };
}

/** A check without test cases. */
export function tallyOfExit(code: number): Tally {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Cases of a vitest report; a file that could not be loaded has no cases and counts as one failure. */
export function tallyOfVitest(report: unknown, exitCode: number): Tally {
  const { numPassedTests, numFailedTests, testResults } = Vitest.parse(report);
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  return settle({ passed: numPassedTests, failed: numFailedTests + broken.length }, exitCode);
}

/** Cases of a Playwright report. A case that passed only when tried again has failed. */
export function tallyOfPlaywright(report: unknown, exitCode: number): Tally {
  const { stats, errors } = Playwright.parse(report);
  return settle({ passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length }, exitCode);
}

/** A tool that failed for another reason than a case, or that ran no case at all, is a failure of its own. */
function settle(tally: Tally, exitCode: number): Tally {
  const silentFailure = tally.failed === 0 && (exitCode !== 0 || tally.passed === 0);
  return silentFailure ? { ...tally, failed: 1 } : tally;
}
