import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Part } from "./parts.ts";

/** Only the code that judges lies here, and what it measures nowhere else. */
const JUDGING = /^(bench|scripts)\//;

/** `from "./x.ts"`, `import "./x.ts"` and `new URL("./x.ts", import.meta.url)`; also of types, which costs nothing. */
const MENTIONED = /(?:from |import |new URL\()"([\w./-]+\.\w+)"/g;

/**
 * Files that decide whether a part passes: those its command names, and what they mention, directly or not, of benchmarks
 * and scripts. Paths from `root`; a command that names a folder of tests has that alone.
 */
export function judgesOf(root: string, part: Part): string[] {
  const waiting = part.command.filter((word) => !word.startsWith("node_modules/") && existsSync(join(root, word)));
  const judges = new Set(waiting);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const mentioned of mentionedIn(root, file)) {
      if (judges.has(mentioned) || !JUDGING.test(mentioned)) continue;
      judges.add(mentioned);
      waiting.push(mentioned);
    }
  }
  return [...judges].sort();
}

function mentionedIn(root: string, file: string): string[] {
  if (!file.endsWith(".ts") || !statSync(join(root, file)).isFile()) return [];
  const text = readFileSync(join(root, file), "utf8");
  const paths = [...text.matchAll(MENTIONED)].map(([, path = ""]) => path);
  return paths
    .map((path) => relative(root, join(root, dirname(file), path)))
    .filter((path) => existsSync(join(root, path)) && statSync(join(root, path)).isFile());
}
