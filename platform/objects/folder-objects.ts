import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import {
  chmod,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
} from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { Readable } from "node:stream";
import { isCode, makeDirectory, syncDirectory } from "../eventlog/segment-files.ts";
import { FolderDraft } from "./folder-drafts.ts";
import {
  draftDirectory,
  draftsDirectory,
  isPart,
  isTargetOf,
  type ObjectPaths,
  objectPaths,
  parseTarget,
  partOfLink,
  prefixDirectory,
  targetName,
} from "./object-paths.ts";
import {
  type ByteRange,
  ObjectDamagedError,
  type ObjectDraft,
  type ObjectInfo,
  ObjectMismatchError,
  ObjectMissingError,
  type PutOptions,
  type ResumableObjects,
} from "./objects.ts";
import { reapDrafts } from "./reap-drafts.ts";
import { Workspace } from "./workspace.ts";

/** Bytes and ids of objects may not be changed by whoever gets their path. */
const READ_ONLY = 0o444;
/** An object may be replaced, or its folder removed, between two steps: then the steps are done again. */
const ATTEMPTS = 10;
/** At once. With Node's own 64 KiB a segment of 4 MiB takes 6 to 16 ms instead of 2; what slow clients hold stays small. */
const READ_BYTES = 2 ** 18;

type Found = { info: ObjectInfo; target: string };

/** Brings bytes under the name that their object's link will point to, and takes them back. */
interface Placing {
  isSynced: boolean;
  place(bytes: string, target: string): Promise<void>;
  takeBack(target: string, bytes: string): Promise<unknown>;
}

const MOVED: Placing = {
  isSynced: true,
  place: rename,
  takeBack: (target, bytes) => ignoreMissing(rename(target, bytes)),
};
const UNSYNCED: Placing = { ...MOVED, isSynced: false };
/** A second name: a draft keeps its bytes until their object is there for good, also when the process is killed. */
const LINKED: Placing = { isSynced: true, place: link, takeBack: (target) => rm(target, { force: true }) };

/** Drafts whose half-made hash is kept in memory; of others it is made again from their bytes. */
const MAX_OPEN_DRAFTS = 1_000;

/** Objects in a folder; any number of processes may use it. Nothing is touched before the first call. */
export function openFolderObjects(directory: string): ResumableObjects {
  return new FolderObjects(resolve(directory));
}

class FolderObjects implements ResumableObjects {
  readonly #root: string;
  readonly #drafts = new Map<string, FolderDraft>();
  #work: Promise<Workspace> | null = null;

  constructor(root: string) {
    this.#root = root;
  }

  async put(key: string, body: Readable | Buffer, options: PutOptions = {}): Promise<ObjectInfo> {
    const paths = objectPaths(this.#root, key);
    const work = await this.#workspace();
    const id = randomBytes(8).toString("hex");
    const draft = work.path(`${id}.bytes`);
    try {
      const info = { key, ...(await writeHashed(draft, body, options)) };
      const how = options.canBeRemade === true ? UNSYNCED : MOVED;
      await retryWhileMissing(() => this.#publish(work, paths, draft, targetName(paths.part, info, id), how));
      return info;
    } finally {
      await rm(draft, { force: true });
    }
  }

  async head(key: string): Promise<ObjectInfo | null> {
    return (await find(objectPaths(this.#root, key), key))?.info ?? null;
  }

  async read(key: string, range?: ByteRange): Promise<{ info: ObjectInfo; body: Readable } | null> {
    const opened = await openObject(objectPaths(this.#root, key), key);
    if (opened === null) return null;
    const { info, handle } = opened;
    const { start, end } = range ?? { start: 0, end: info.sizeBytes };
    if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= info.sizeBytes)) {
      await handle.close();
      throw new RangeError(`Bytes ${start} to ${end} are not within ${key}, which has ${info.sizeBytes}`);
    }
    if (start < end) return { info, body: handle.createReadStream({ start, end: end - 1, highWaterMark: READ_BYTES }) };
    await handle.close();
    return { info, body: Readable.from([]) };
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    for await (const key of this.listKeys(prefix)) {
      const info = await this.head(key);
      if (info !== null) yield info;
    }
  }

  async *listKeys(prefix: string): AsyncIterable<string> {
    yield* listDirectory(prefixDirectory(this.#root, prefix), prefix);
  }

  async delete(key: string): Promise<void> {
    const paths = objectPaths(this.#root, key);
    const target = await readLink(paths.link);
    if (target === null) return;
    const work = await this.#workspace();
    await work.withIntent({ link: relative(this.#root, paths.link), files: [target] }, async () => {
      await rm(paths.link, { force: true });
      await rm(join(paths.directory, target), { force: true });
      await ignoreMissing(syncDirectory(paths.directory));
    });
    await this.#prune(paths.directory);
  }

  async deleteAll(prefix: string, signal?: AbortSignal): Promise<void> {
    for await (const key of this.listKeys(prefix)) {
      signal?.throwIfAborted();
      await this.delete(key);
    }
  }

  async localCopy<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    const paths = objectPaths(this.#root, key);
    const opened = await openObject(paths, key);
    if (opened === null) throw new ObjectMissingError(`There is no object ${key}`);
    await opened.handle.close();
    const work = await this.#workspace();
    // A second name of the same bytes, so that the object may be replaced or deleted while they are in use.
    const path = work.path(`${randomBytes(8).toString("hex")}-${paths.part}`);
    try {
      await link(join(paths.directory, opened.target), path);
    } catch (error) {
      if (isCode(error, "ENOENT")) return this.localCopy(key, use); // replaced since it was found
      throw error;
    }
    try {
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  openDraft(key: string, draftId: string): ObjectDraft {
    const paths = objectPaths(this.#root, key);
    const directory = draftDirectory(this.#root, draftId);
    const open = this.#drafts.get(draftId);
    const draft =
      open ??
      new FolderDraft(directory, key, {
        head: () => this.head(key),
        publish: async (bytes, info) => {
          await chmod(bytes, READ_ONLY);
          const work = await this.#workspace();
          const target = targetName(paths.part, info, randomBytes(8).toString("hex"));
          await retryWhileMissing(() => this.#publish(work, paths, bytes, target, LINKED));
        },
        forget: () => this.#drafts.delete(draftId),
      });
    if (draft.key !== key) throw new RangeError(`draft ${draftId} is one of ${draft.key}, not of ${key}`);
    this.#drafts.delete(draftId);
    this.#drafts.set(draftId, draft); // the map's order is that of last use
    const oldest = [...this.#drafts.keys()].slice(0, Math.max(0, this.#drafts.size - MAX_OPEN_DRAFTS));
    for (const id of oldest) if (this.#drafts.get(id)?.isIdle) this.#drafts.delete(id);
    return draft;
  }

  reap(before: Date): Promise<number> {
    return reapDrafts(draftsDirectory(this.#root), before.getTime());
  }

  /** Bytes first, under a name of their own; then the link that makes them the object; then what they replaced goes. */
  async #publish(work: Workspace, paths: ObjectPaths, draft: string, target: string, how: Placing): Promise<void> {
    await (how.isSynced ? makeDirectory(paths.directory) : mkdir(paths.directory, { recursive: true }));
    const replaced = await readLink(paths.link);
    const files = replaced === null ? [target] : [target, replaced];
    const bytes = join(paths.directory, target);
    const newLink = work.path(`${randomBytes(8).toString("hex")}.link`);
    const isNew = await work.withIntent({ link: relative(this.#root, paths.link), files }, async () => {
      try {
        await how.place(draft, bytes);
        const isFirst = replaced === null && (await linkUnlessThere(target, paths.link));
        if (!isFirst) {
          await symlink(target, newLink);
          await rename(newLink, paths.link);
        }
        if (how.isSynced) await syncDirectory(paths.directory);
        if (replaced !== null) await rm(join(paths.directory, replaced), { force: true });
        return isFirst;
      } catch (error) {
        await rm(newLink, { force: true });
        if ((await readLink(paths.link)) !== target) await how.takeBack(bytes, draft);
        throw error;
      }
    });
    // Only now: whoever replaces this from here on finds the bytes without an intent, and removes them.
    if (!isNew) await this.#sweepReplaced(work, paths);
    else if ((await readLink(paths.link)) !== target) await rm(bytes, { force: true });
  }

  /** Other puts of the key may have been replaced unseen, here or by this one. What has an intent removes itself. */
  async #sweepReplaced(work: Workspace, paths: ObjectPaths): Promise<void> {
    const names = (await ignoreMissing(readdir(paths.directory))) ?? [];
    const found = names.filter((name) => isTargetOf(paths.part, name));
    const intended = await work.intendedFiles(relative(this.#root, paths.link)); // after what is found: it had its intent first
    const current = await readLink(paths.link);
    for (const name of found)
      if (name !== current && !intended.has(name)) await rm(join(paths.directory, name), { force: true });
  }

  /** Removes folders that a deleted object leaves empty. */
  async #prune(directory: string): Promise<void> {
    for (let empty = directory; empty.startsWith(`${this.#root}/`); empty = dirname(empty)) {
      try {
        await rmdir(empty);
      } catch (error) {
        if (isCode(error, "ENOTEMPTY", "EEXIST", "ENOENT")) return;
        throw error;
      }
    }
  }

  #workspace(): Promise<Workspace> {
    this.#work ??= Workspace.open(this.#root);
    return this.#work;
  }
}

/** Writes the whole stream to a new file and, unless it can be made again, to disk; or rejects. */
async function writeHashed(path: string, body: Readable | Buffer, expected: PutOptions) {
  const hash = createHash("sha256");
  const limitBytes = expected.sizeBytes ?? Number.POSITIVE_INFINITY;
  let sizeBytes = 0;
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, READ_ONLY);
  try {
    for await (const chunk of Buffer.isBuffer(body) ? [body] : body) {
      const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
      sizeBytes += bytes.length;
      if (sizeBytes > limitBytes) break;
      hash.update(bytes);
      await file.appendFile(bytes);
    }
    if (expected.canBeRemade !== true) await file.sync();
  } finally {
    await file.close();
  }
  const sha256 = hash.digest("hex");
  if (sizeBytes !== (expected.sizeBytes ?? sizeBytes))
    throw new ObjectMismatchError(`${expected.sizeBytes} bytes were expected, not ${sizeBytes}`);
  if (sha256 !== (expected.sha256 ?? sha256))
    throw new ObjectMismatchError(`SHA-256 ${expected.sha256} was expected, not ${sha256}`);
  return { sizeBytes, sha256 };
}

async function find(paths: ObjectPaths, key: string): Promise<Found | null> {
  const target = await readLink(paths.link);
  if (target === null) return null;
  const info = parseTarget(key, target);
  if (info === null) throw new ObjectDamagedError(`The record of ${key} is unreadable`);
  return { info, target };
}

async function openObject(paths: ObjectPaths, key: string): Promise<(Found & { handle: FileHandle }) | null> {
  for (let missing: string | null = null; ; ) {
    const found = await find(paths, key);
    if (found === null) return null;
    const handle = await ignoreMissing(open(join(paths.directory, found.target), constants.O_RDONLY));
    if (handle !== undefined) return { ...found, handle: await checkedLength(handle, found.info) };
    if (missing === found.target) throw new ObjectDamagedError(`The bytes of ${key} are gone`);
    missing = found.target; // replaced while we looked? Then the link is another one now
  }
}

async function checkedLength(handle: FileHandle, info: ObjectInfo): Promise<FileHandle> {
  const { size } = await handle.stat();
  if (size === info.sizeBytes) return handle;
  await handle.close();
  throw new ObjectDamagedError(`${info.key} has ${size} bytes, but was stored with ${info.sizeBytes}`);
}

async function* listDirectory(directory: string, prefix: string): AsyncIterable<string> {
  const entries = (await ignoreMissing(readdir(directory, { withFileTypes: true }))) ?? [];
  const names = entries.flatMap((entry) => {
    const part = entry.isDirectory() ? null : partOfLink(entry.name);
    if (part !== null) return [part];
    return entry.isDirectory() && isPart(entry.name) ? [`${entry.name}/`] : [];
  });
  // With "/" at the end of folders this order of names is the byte order of whole keys; all characters are ASCII.
  for (const name of names.sort()) {
    const key = prefix + name;
    if (name.endsWith("/")) yield* listDirectory(join(directory, name), key);
    else yield key;
  }
}

async function readLink(path: string): Promise<string | null> {
  return (await ignoreMissing(readlink(path))) ?? null;
}

/** False, and nothing done, where there is a link. */
async function linkUnlessThere(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function ignoreMissing<T>(result: Promise<T>): Promise<T | undefined> {
  return result.catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  });
}

/** A folder that was just emptied may be removed while something is put into it. */
async function retryWhileMissing(step: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step();
    } catch (error) {
      if (attempt === ATTEMPTS || !isCode(error, "ENOENT")) throw error;
    }
  }
}
