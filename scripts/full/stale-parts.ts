import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sourcesHash } from "../sources-hash.ts";
import { PARTS, type Part } from "./parts.ts";

/** Where the last result of a part is committed. */
export function resultFile(root: string, part: Part): string {
  return join(root, "docs/results", `${part.name}.md`);
}

/** Stands in every result and names the code it speaks of. */
export function codeLine(hash: string): string {
  return `Code: ${hash}`;
}

/** A line for each part whose result is missing, speaks of older code than this, or is a failure. */
export async function staleParts(root: string, parts: readonly Part[] = PARTS): Promise<string[]> {
  const lines = await Promise.all(parts.map((part) => staleness(root, part)));
  return lines.flatMap((line) => (line === null ? [] : [line]));
}

async function staleness(root: string, part: Part): Promise<string | null> {
  const file = resultFile(root, part);
  const remedy = `npm run test:full -- ${part.name}, about ${part.minutes} min`;
  if (!existsSync(file)) return `${part.name} has no result in docs/results (${remedy})`;
  const current = codeLine(await sourcesHash(root, part.covers));
  const result = readFileSync(file, "utf8");
  if (!result.includes(current)) return `${part.name}: its code has changed since (${remedy})`;
  return result.startsWith(`# ${part.name}: FAILED`) ? `${part.name} failed (${remedy})` : null;
}
