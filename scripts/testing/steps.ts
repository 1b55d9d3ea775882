import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ffmpegMissing } from "../debian/ffmpeg.ts";
import { FENCED } from "../fences/cruise.ts";
import { browserMissing } from "./browser.ts";
import { readConfig } from "./config.ts";
import { runTool } from "./run-tool.ts";
import { type Tally, tallyOfExit, tallyOfPlaywright, tallyOfVitest } from "./tally.ts";

export interface Step {
  name: string;
  run(root: string): Promise<Tally>;
}

/** Everything that `npm test` does, in order: what is quick and likely to fail comes first. */
export const STEPS: readonly Step[] = [
  check("format", ["biome", "ci", "."]),
  check("types", ["tsc", "-b"]),
  { name: "app-types", run: appTypes },
  check("fences", ["depcruise", "--config", ".dependency-cruiser.cjs", ...FENCED]),
  check("knip", ["knip"]),
  { name: "unit", run: (root) => vitest(root, "unit", { TZ: FAR_ZONE }) },
  { name: "integration", run: integration },
  { name: "browser", run: playwright },
];

/** Offset of 12 h 45 min, with daylight saving in the southern summer: whoever reads a machine's own clock fails here. */
const FAR_ZONE = "Pacific/Chatham";

type Command = readonly [string, ...string[]];

/** A tool of ours that says by its exit code whether all is well. */
function check(name: string, command: Command): Step {
  return { name, run: async (root) => tallyOfExit(await tool(root, command)) };
}

async function appTypes(root: string): Promise<Tally> {
  if (!existsSync(join(root, "app/tsconfig.json"))) return { passed: 0, failed: 0, failures: [] };
  return tallyOfExit(await tool(root, ["tsc", "-p", "app/tsconfig.json", "--noEmit"]));
}

function vitest(root: string, project: string, variables: Readonly<Record<string, string>> = {}): Promise<Tally> {
  const reporters = ["--reporter=default", "--reporter=json"];
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return withReport(async (report) => {
    const command = ["run", "--project", project, ...reporters, `--outputFile.json=${report}`];
    const code = await runTool(
      ["/usr/bin/env", ...assignments, join(root, "node_modules/.bin/vitest"), ...command],
      root,
    );
    return tallyOfVitest(readReport(report), code);
  });
}

async function integration(root: string): Promise<Tally> {
  const paths = { ffmpegPath: "ffmpeg", ffprobePath: "ffprobe", searchPath: readConfig().PATH };
  const missing = await ffmpegMissing(paths, (command) => {
    console.log("installing ffmpeg");
    return runTool(command, root);
  });
  if (missing === null) return vitest(root, "integration");
  console.error(missing);
  return { passed: 0, failed: 1, failures: [missing] };
}

async function playwright(root: string): Promise<Tally> {
  const missing = await browserMissing(root);
  if (missing !== null) {
    console.error(missing);
    return { passed: 0, failed: 1, failures: [missing] };
  }
  return withReport(async (report) => {
    const run: Command = [join(root, "node_modules/.bin/playwright"), "test", "--reporter=list,json"];
    const code = await runTool(["/usr/bin/env", `PLAYWRIGHT_JSON_OUTPUT_FILE=${report}`, ...run], root);
    return tallyOfPlaywright(readReport(report), code);
  });
}

function tool(root: string, [name, ...args]: Command): Promise<number> {
  return runTool([join(root, "node_modules/.bin", name), ...args], root);
}

async function withReport(work: (file: string) => Promise<Tally>): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "playhead-report-"));
  try {
    return await work(join(folder, "report.json"));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(message);
    return { passed: 0, failed: 1, failures: [message] }; // no report: the tool did not come that far
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
