import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

export const ROOT = dirname(dirname(import.meta.dirname));

/** The folders that `npm run fences` looks at. */
export const FENCED = [
  "app",
  "server",
  "collector",
  "delivery",
  "transcoder",
  "domain",
  "platform",
  "scripts",
  "bench",
];

const Report = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({ violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })) }),
});

export interface Cruise {
  /** Paths of the modules that the tool saw, packages included. */
  seen: ReadonlySet<string>;
  /** `rule from`, one per violation. */
  violations: readonly string[];
}

/** Runs dependency-cruiser as `npm run fences` does, on a tree of the same shape. */
export async function cruise(tree: string, folders: readonly string[]): Promise<Cruise> {
  const tool = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = [tool, "--config", ".dependency-cruiser.cjs", "--output-type", "json", ...folders];
  const { stdout } = await runToEnd(process.execPath, args, tree);
  const report = Report.parse(JSON.parse(stdout));
  return {
    seen: new Set(report.modules.map(({ source }) => source)),
    violations: report.summary.violations.map(({ from, rule }) => `${rule.name} ${from}`),
  };
}

/** The tool's exit code counts violations: only an answer that is no JSON is a failure here. */
async function runToEnd(command: string, args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  try {
    return await promisify(execFile)(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stdout } = error as { stdout?: unknown };
    if (typeof stdout === "string" && stdout.startsWith("{")) return { stdout };
    throw error;
  }
}
