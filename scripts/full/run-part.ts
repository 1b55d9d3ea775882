import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { runTool } from "../testing/run-tool.ts";
import type { Part } from "./parts.ts";

/** Figures stand at the end of what a part prints. */
const KEPT_LINES = 40;

/** A part that takes this many times what it says hangs. */
const LIMIT_FACTOR = 3;

/** Runs a part with its output on ours, and keeps the end of it. */
export async function runPart(part: Part, root: string): Promise<{ code: number; lastLines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "playhead-part-"));
  const copy = join(folder, "output");
  try {
    const variables = Object.entries(part.variables ?? {}).map(([name, value]) => `${name}=${value}`);
    // bash for pipefail: the exit code must be the part's, not tee's
    const line = 'copy=$1; shift; set -o pipefail; "$@" 2>&1 | tee "$copy"';
    const command = ["/usr/bin/env", ...variables, process.execPath, ...part.command];
    const code = await runTool(
      ["bash", "-c", line, "bash", copy, ...command],
      root,
      part.minutes * LIMIT_FACTOR * 60_000,
    );
    const text = stripVTControlCharacters(readFileSync(copy, "utf8")).replaceAll(root, "."); // it will be committed
    const lines = text.trimEnd().split("\n");
    return { code, lastLines: lines.slice(-KEPT_LINES) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
