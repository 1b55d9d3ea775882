import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isCode } from "../eventlog/segment-files.ts";

/** Removes the folders of drafts in which nothing was written since a time. Gives how many. */
export async function reapDrafts(directory: string, beforeMs: number): Promise<number> {
  let reaped = 0;
  for (const name of (await namesIn(directory)) ?? []) {
    const draft = join(directory, name);
    if (!((await touchedMs(draft)) < beforeMs)) continue;
    await rm(join(draft, "ranges"), { force: true }); // a kill in between leaves a draft that has nothing
    await rm(draft, { recursive: true, force: true });
    reaped += 1;
  }
  return reaped;
}

/** Infinite when the draft is gone meanwhile. */
async function touchedMs(draft: string): Promise<number> {
  const names = await namesIn(draft);
  if (names === null) return Number.POSITIVE_INFINITY;
  const times = await Promise.all([draft, ...names.map((name) => join(draft, name))].map(modifiedMs));
  return Math.max(...times);
}

const modifiedMs = (path: string): Promise<number> =>
  unlessMissing(stat(path).then(({ mtimeMs }) => mtimeMs)).then((ms) => ms ?? Number.POSITIVE_INFINITY);

const namesIn = (directory: string): Promise<string[] | null> => unlessMissing(readdir(directory));

async function unlessMissing<T>(result: Promise<T>): Promise<T | null> {
  return result.catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  });
}
