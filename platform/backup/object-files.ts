import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ObjectInfo, Objects } from "../objects/objects.ts";

type Say = (line: string) => void;
const SAY_EVERY_MS = 5_000;

/**
 * Copies what is stored and not in the backup yet, each object's hash checked on the way. What is deleted meanwhile is left out.
 *
 * @param saved by key; what is copied is added
 * @param prefixes public ids of environments, each with "/"
 */
export async function saveObjects(
  objects: Objects,
  folder: string,
  prefixes: readonly string[],
  saved: Map<string, ObjectInfo>,
  say: Say,
): Promise<void> {
  let [bytes, saidMs] = [0, performance.now()];
  for (const prefix of prefixes) {
    for await (const key of objects.listKeys(prefix)) {
      const info = await objects.head(key);
      if (info === null || saved.get(key)?.sha256 === info.sha256) continue;
      const copied = await copy(objects, key, objectFile(folder, key));
      if (copied === null) continue;
      saved.set(key, copied);
      bytes += copied.sizeBytes;
      if (performance.now() - saidMs < SAY_EVERY_MS) continue;
      saidMs = performance.now();
      say(`objects: ${saved.size}, ${(bytes / 1e6).toFixed(0)} MB`);
    }
  }
}

async function copy(objects: Objects, key: string, path: string): Promise<ObjectInfo | null> {
  const found = await objects.read(key);
  if (found === null) return null;
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash("sha256");
  const hashed = new Transform({
    transform: (bytes: Buffer, _, done) => {
      hash.update(bytes);
      done(null, bytes);
    },
  });
  const part = `${path}.part`;
  await pipeline(found.body, hashed, createWriteStream(part, { flush: true }));
  if (hash.digest("hex") !== found.info.sha256) {
    await rm(part);
    throw new Error(`${key} does not have the bytes of its record: it is damaged in the store`);
  }
  await rename(part, path);
  return found.info;
}

/** Puts all of them, each held against its length and hash. What is there already stays. */
export async function restoreObjects(
  objects: Objects,
  folder: string,
  saved: readonly ObjectInfo[],
  say: Say,
): Promise<void> {
  let saidMs = performance.now();
  for (const [n, { key, sizeBytes, sha256 }] of saved.entries()) {
    if ((await objects.head(key))?.sha256 !== sha256)
      await objects.put(key, createReadStream(objectFile(folder, key)), { sizeBytes, sha256 });
    if (performance.now() - saidMs < SAY_EVERY_MS) continue;
    saidMs = performance.now();
    say(`objects: ${n + 1} of ${saved.length}`);
  }
}

/** Throws for the first that is not there, or not whole. */
export async function requireObjectFiles(folder: string, saved: readonly ObjectInfo[]): Promise<void> {
  for (const { key, sizeBytes } of saved) {
    const size = (await stat(objectFile(folder, key)).catch(() => null))?.size;
    if (size !== sizeBytes) throw new Error(`the backup's file of ${key} has ${size ?? "no"} bytes, not ${sizeBytes}`);
  }
}

/** Keys are paths of letters, digits, dots and the like; none is a prefix of another's folder here. */
function objectFile(folder: string, key: string): string {
  return join(folder, "objects", `${key}.object`);
}
