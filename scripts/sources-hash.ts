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

/** Hash over names and contents of the files that match; tests and READMEs left out. Costs about 20 ms for the app. */
export async function sourcesHash(root: string, patterns: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await sourceFiles(root, patterns)) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

async function sourceFiles(root: string, patterns: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(patterns, { cwd: root })) {
    if (/\.test\.tsx?$|\.md$|(^|\/)node_modules\//.test(file)) continue;
    if (statSync(join(root, file)).isFile()) files.push(file.replaceAll("\\", "/"));
  }
  return files.sort();
}
