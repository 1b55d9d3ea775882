import { execFile } from "node:child_process";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Small enough for the last free block to be found. */
const FILLING = Buffer.alloc(64 * 1_024);

/** A folder on a file system of its own, to see what happens when it is full. */
export interface SmallDisk {
  directory: string;
  /** Leaves no room for anything. */
  fill(): Promise<void>;
  /** Gives the room back. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** Null where this user may not mount, or the system has no tmpfs. */
export async function mountSmallDisk(sizeMib: number): Promise<SmallDisk | null> {
  const directory = await mkdtemp(join(tmpdir(), "playhead-small-"));
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${sizeMib}m`, "tmpfs", directory]);
  } catch {
    await rm(directory, { recursive: true });
    return null;
  }
  const filler = join(directory, "filler");
  return {
    directory,
    fill: async () => {
      for (let full = false; !full; ) {
        full = await appendFile(filler, FILLING).then(
          () => false,
          () => true,
        );
      }
    },
    empty: () => rm(filler, { force: true }),
    close: async () => {
      await run("umount", [directory]);
      await rm(directory, { recursive: true });
    },
  };
}
