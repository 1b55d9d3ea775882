import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

export interface Suite {
  repository: string;
  tag: string;
  /** The installed package that its tests are to import. */
  client: string;
}

/** The older repository, and its successor. */
export const SUITES: readonly Suite[] = [
  { repository: "mux-node-sdk", tag: "v14.0.1", client: "mux-node-14" },
  { repository: "mux-ts", tag: "v15.0.0", client: "@mux/mux-node" },
];

/**
 * A folder with a suite's sources, kept for the next time. Throws with what helps where they cannot be had.
 *
 * @param from what stands before the names of repositories, for git
 */
export function fetchSuite(root: string, from: string, { repository, tag }: Suite): string {
  const folder = join(root, "node_modules/.cache/sdk-suite", `${repository}-${tag}`);
  if (existsSync(join(folder, "tests"))) return folder;
  rmSync(folder, { recursive: true, force: true });
  const source = `${from}/${repository}`;
  try {
    execFileSync("git", ["clone", "--quiet", "--depth", "1", "--branch", tag, source, folder], { stdio: "pipe" });
  } catch (error) {
    throw new Error(
      `The SDK's own tests cannot be fetched from ${source} (${tag}): nothing was tried. ` +
        "Where git finds these repositories elsewhere, name what holds them: node scripts/sdk-suite.ts --source …",
      { cause: error },
    );
  }
  return folder;
}
