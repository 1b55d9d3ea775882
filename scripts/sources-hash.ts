import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";

/** Folders and files that make the app's build; a folder stands for all files below it. */
const APP_SOURCES = ["app/**", "domain/**", "public/**", "*.config.*", "tsconfig.base.json", "package-lock.json"];

/** Hash over names and contents of everything that the production build of the app is made from. */
export function appSourcesHash(root: string): Promise<string> {
  return sourcesHash(root, APP_SOURCES);
}

/**
 * Hash over names and contents of the files that match; READMEs left out, tests too unless the pattern ends as they do.
 * Costs about 20 ms for the app.
 */
export async function sourcesHash(root: string, patterns: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await sourceFiles(root, patterns)) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

/** Paths from `root` of the files that the hash is made of, ascending. */
export async function sourceFiles(root: string, patterns: readonly string[]): Promise<string[]> {
  const files = new Set<string>();
  for (const pattern of patterns) {
    const wantsTests = /\.test\.tsx?$/.test(pattern);
    for await (const file of glob(pattern, { cwd: root })) {
      if (/\.md$|(^|\/)node_modules\//.test(file) || (!wantsTests && /\.test\.tsx?$/.test(file))) continue;
      if (statSync(join(root, file)).isFile()) files.add(file.replaceAll("\\", "/"));
    }
  }
  return [...files].sort();
}
