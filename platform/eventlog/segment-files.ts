import { constants } from "node:fs";
import { mkdir, open, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { LogUnavailableError } from "./eventlog.ts";

/** A segment file holds the bytes of the topic from `base` on; its name is that position in 20 digits. */
export interface Segment {
  base: number;
  path: string;
}

/** What the writer needs of an open segment; a seam, so that tests can fill the disk. */
export interface SegmentFile {
  write(bytes: Buffer, at: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export type OpenSegmentFile = (path: string) => Promise<SegmentFile>;

const NAME = /^(\d{20})\.log$/;

export const openSegmentFile: OpenSegmentFile = (path) => open(path, constants.O_RDWR | constants.O_CREAT, 0o644);

export function segmentAt(directory: string, base: number): Segment {
  return { base, path: join(directory, `${String(base).padStart(20, "0")}.log`) };
}

/** Oldest first; empty when the topic has no folder yet. */
export async function listSegments(directory: string): Promise<Segment[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  });
  const bases = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
  return bases.sort((a, b) => a - b).map((base) => segmentAt(directory, base));
}

/** Makes created, renamed and deleted names of a folder survive power loss. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a folder and its parents; the new names survive power loss. */
export async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(resolve(directory), { recursive: true });
  if (first === undefined) return;
  const top = dirname(first);
  for (let parent = dirname(resolve(directory)); parent.startsWith(top); parent = dirname(parent)) {
    await syncDirectory(parent);
    if (parent === top) return;
  }
}

export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** A failed system call becomes the retriable error of the contract; everything else stays what it is. */
export function unavailable(what: string, error: unknown): Error {
  if (error instanceof Error && "syscall" in error)
    return new LogUnavailableError(`${what}: ${error.message}`, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
