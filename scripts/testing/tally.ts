import { stripVTControlCharacters } from "node:util";
import { z } from "zod";

/** What a step counts: test cases, or 1 for a check that has none. */
export interface Tally {
  passed: number;
  failed: number;
  /** Each failed case in a few lines: where, what, and why. Said again at the end, where thousands of lines do not hide it. */
  failures: string[];
}

const VitestFile = z.object({
  name: z.string(),
  status: z.string(),
  message: z.string(),
  assertionResults: z.array(
    z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
  ),
});

const Vitest = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(VitestFile),
});

const PlaywrightError = z.object({ message: z.string().optional() });

const PlaywrightSpec = z.object({
  title: z.string(),
  file: z.string(),
  line: z.number(),
  tests: z.array(z.object({ status: z.string(), results: z.array(z.object({ errors: z.array(PlaywrightError) })) })),
});

interface PlaywrightSuite {
  specs: z.infer<typeof PlaywrightSpec>[];
  suites?: PlaywrightSuite[] | undefined;
}

const PlaywrightSuite: z.ZodType<PlaywrightSuite> = z.object({
  specs: z.array(PlaywrightSpec),
  suites: z.array(z.lazy(() => PlaywrightSuite)).optional(),
});

const Playwright = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
  errors: z.array(PlaywrightError),
  suites: z.array(PlaywrightSuite),
});

export function add(one: Tally, other: Tally): Tally {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    failures: [...one.failures, ...other.failures],
  };
}

/** A check without test cases. */
export function tallyOfExit(code: number): Tally {
  return code === 0 ? { passed: 1, failed: 0, failures: [] } : { passed: 0, failed: 1, failures: [] };
}

/** Cases of a vitest report; a file that could not be loaded has no cases and counts as one failure. */
export function tallyOfVitest(report: unknown, exitCode: number): Tally {
  const { numPassedTests, numFailedTests, testResults } = Vitest.parse(report);
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const failures = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => failure(name, fullName, failureMessages?.[0])),
  );
  failures.push(...broken.map(({ name, message }) => failure(name, "could not be loaded", message)));
  return settle({ passed: numPassedTests, failed: numFailedTests + broken.length, failures }, exitCode);
}

/** Cases of a Playwright report. A case that passed only when tried again has failed. */
export function tallyOfPlaywright(report: unknown, exitCode: number): Tally {
  const { stats, errors, suites } = Playwright.parse(report);
  const failures = specsOf(suites)
    .flatMap((spec) => spec.tests.map((test) => ({ spec, test })))
    .filter(({ test }) => test.status === "unexpected" || test.status === "flaky")
    .map(({ spec, test }) => failure(`${spec.file}:${spec.line}`, spec.title, firstError(test.results)));
  failures.push(...errors.map(({ message }) => failure("playwright", "could not run", message)));
  const failed = stats.unexpected + stats.flaky + errors.length;
  return settle({ passed: stats.expected, failed, failures }, exitCode);
}

function specsOf(suites: readonly PlaywrightSuite[]): PlaywrightSuite["specs"] {
  return suites.flatMap(({ specs, suites: inner }) => [...specs, ...specsOf(inner ?? [])]);
}

function firstError(results: readonly { errors: readonly { message?: string | undefined }[] }[]): string | undefined {
  return results.flatMap(({ errors }) => errors)[0]?.message;
}

const REASON_LINES = 6;

function failure(where: string, what: string, why: string | undefined): string {
  const reason = stripVTControlCharacters(why ?? "no reason was given")
    .split("\n")
    .slice(0, REASON_LINES);
  return [`${where} › ${what}`, ...reason.map((line) => `    ${line.slice(0, 300)}`)].join("\n");
}

/** A tool that failed for another reason than a case, or that ran no case at all, is a failure of its own. */
function settle(tally: Tally, exitCode: number): Tally {
  const silentFailure = tally.failed === 0 && (exitCode !== 0 || tally.passed === 0);
  return silentFailure ? { ...tally, failed: 1, failures: [`the tool ended with ${exitCode}`] } : tally;
}
