import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm, statfs } from "node:fs/promises";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EngineError } from "./engine.ts";

/** Memory file system of Linux; absent elsewhere, and 64 MB small in a container of default settings. */
const MEMORY_FOLDER = "/dev/shm";
const MIN_FREE_BYTES = 256 * 1024 * 1024;

/** One insert, unpacked. Batches of the product are some MB; this only keeps a mistake from filling the memory. */
const MAX_INSERT_BYTES = 512 * 1024 * 1024;

const TOO_LARGE_SIZE_COMPRESSED = 39;
const NOT_ENOUGH_SPACE = 243;

/**
 * The private folder (0700) for the data of inserts under way and the engine's configuration: in memory where there is
 * room, else below the data folder. Its name follows from the data folder, so that what a killed predecessor left there
 * is removed here; call it under the data folder's lock only.
 */
export async function openPrivateFolder(dataDir: string): Promise<string> {
  const installation = createHash("sha256").update(resolve(dataDir)).digest("hex").slice(0, 16);
  const inMemory = join(MEMORY_FOLDER, `playhead-${userInfo().uid}-${installation}`);
  const folder = (await hasRoom(MEMORY_FOLDER)) ? inMemory : join(dataDir, "inserts");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 }); // fails when another user put something there: never write into that
  return folder;
}

/**
 * Writes an insert's data to a new file and returns its path. Data never goes into the statement: there, all behind an
 * empty line would run as SQL.
 */
export async function writeInsertFile(folder: string, first: string, body: Readable): Promise<string> {
  const path = join(folder, randomUUID());
  const parts = async function* () {
    if (first !== "") yield Buffer.from(first);
    yield* body;
  };
  try {
    await pipeline(
      Readable.from(parts()),
      limit(MAX_INSERT_BYTES),
      createWriteStream(path, { mode: 0o600, flags: "wx" }),
    );
    return path;
  } catch (error) {
    await removeInsertFile(path);
    throw toEngineError(error);
  }
}

export async function removeInsertFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** Passes at most `maxBytes` on, then fails. */
export function limit(maxBytes: number): Transform {
  let seenBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seenBytes += chunk.length;
      if (seenBytes <= maxBytes) return done(null, chunk);
      const reason = `the body is larger than ${maxBytes} bytes`;
      done(
        new EngineError(TOO_LARGE_SIZE_COMPRESSED, `Code: 39. DB::Exception: ${reason}. (TOO_LARGE_SIZE_COMPRESSED)`),
      );
    },
  });
}

function toEngineError(error: unknown): unknown {
  const full = error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
  if (!full) return error;
  const message = "Code: 243. DB::Exception: No space left for the data of the insert. (NOT_ENOUGH_SPACE)";
  return new EngineError(NOT_ENOUGH_SPACE, message, { cause: error });
}

async function hasRoom(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize >= MIN_FREE_BYTES;
  } catch {
    return false; // no such file system on this machine
  }
}
