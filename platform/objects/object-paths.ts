import { join } from "node:path";
import type { ObjectInfo } from "./objects.ts";

/**
 * How keys lie in the folder. The object `a/b` is a symbolic link `a/b@` to its bytes in the same folder; the target's
 * name carries the record: `b@<size>-<sha256>-<id>`. "@" cannot be in a key, so an object `a` and objects below `a/` do
 * not collide. Replacing the link is the one atomic step that makes an object, its length and its hash visible together.
 */
const PART = /^[A-Za-z0-9._-]+$/;
const LINK = /^([A-Za-z0-9._-]+)@$/;
const TARGET = /^[A-Za-z0-9._-]+@(\d+)-([0-9a-f]{64})-[0-9a-f]+$/;
/** File names end at 255 bytes on every usual file system; the record takes up to 100 of them. */
const MAX_PART_LENGTH = 150;

/** Not a possible key: holds what is being written. */
export const WORKSPACE = "@work";

/** Likewise; holds a folder per draft. */
const DRAFTS = "@drafts";

export interface ObjectPaths {
  directory: string;
  /** Last part of the key. */
  part: string;
  link: string;
}

/** Throws RangeError for what is no key; nothing can point outside the folder. */
export function objectPaths(root: string, key: string): ObjectPaths {
  const parts = key.split("/");
  const part = parts.at(-1);
  if (part === undefined || !parts.every(isPart)) throw new RangeError(`"${key}" is no object key`);
  const directory = join(root, ...parts.slice(0, -1));
  return { directory, part, link: join(directory, `${part}@`) };
}

/** The folder of a draft. Throws RangeError for what cannot be an id. */
export function draftDirectory(root: string, draftId: string): string {
  if (!isPart(draftId)) throw new RangeError(`"${draftId}" is no id of a draft`);
  return join(draftsDirectory(root), draftId);
}

export function draftsDirectory(root: string): string {
  return join(root, DRAFTS);
}

/** The folder of a prefix that ends in "/", or the root for "". */
export function prefixDirectory(root: string, prefix: string): string {
  if (prefix === "") return root;
  const parts = prefix.split("/");
  if (parts.pop() !== "" || !parts.every(isPart)) throw new RangeError(`"${prefix}" is no prefix of object keys`);
  return join(root, ...parts);
}

export function targetName(part: string, info: { sizeBytes: number; sha256: string }, id: string): string {
  return `${part}@${info.sizeBytes}-${info.sha256}-${id}`;
}

/** Null when a link's target is not one of ours. */
export function parseTarget(key: string, target: string): ObjectInfo | null {
  const [, size, sha256] = TARGET.exec(target) ?? [];
  return size === undefined || sha256 === undefined ? null : { key, sizeBytes: Number(size), sha256 };
}

/** Whether a folder entry holds bytes of the object with this last key part. */
export function isTargetOf(part: string, name: string): boolean {
  return name.startsWith(`${part}@`) && TARGET.test(name);
}

/** The last key part that a folder entry is the link of. */
export function partOfLink(name: string): string | null {
  return LINK.exec(name)?.[1] ?? null;
}

export function isPart(part: string): boolean {
  return PART.test(part) && part !== "." && part !== ".." && part.length <= MAX_PART_LENGTH;
}
