import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startSdkFixtures } from "./sdk-fixtures/start.ts";
import { fetchSuite, SUITES, type Suite } from "./sdk-suite/fetch-suite.ts";
import { suiteConfig } from "./sdk-suite/suite-config.ts";
import { runTool } from "./testing/run-tool.ts";

/**
 * `npm run test:full -- sdk-suite`: runs the SDK's own tests of what is offered. They are other people's code, so they are fetched
 * and not kept; where that is not possible the run says so and fails, since nothing was shown.
 */

const ROOT = join(import.meta.dirname, "..");
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");
const CONFIG = "playhead.config.mjs";
const LIMIT_MS = 10 * 60_000;

const { values } = parseArgs({ options: { source: { type: "string", default: "https://github.com/muxinc" } } });

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const folders = SUITES.map((suite) => fetchSuite(ROOT, values.source, suite));
    const fixtures = await startSdkFixtures(0);
    try {
      for (const [at, suite] of SUITES.entries()) {
        const code = await run(suite, folders[at] ?? ROOT, fixtures.origin);
        if (code !== 0) return code;
      }
      return 0;
    } finally {
      await fixtures.stop();
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

function run({ repository, tag, client }: Suite, folder: string, origin: string): Promise<number> {
  console.log(`\n${repository} ${tag}, with ${client}`);
  writeFileSync(join(folder, CONFIG), suiteConfig(fileURLToPath(import.meta.resolve(client))));
  const variables = [`TEST_API_BASE_URL=${origin}`, "NO_COLOR=1"];
  const tests = [process.execPath, VITEST, "run", "--root", folder, "--config", join(folder, CONFIG)];
  return runTool(["/usr/bin/env", ...variables, ...tests], ROOT, LIMIT_MS);
}
