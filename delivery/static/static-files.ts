import type { Readable } from "node:stream";
import type { ByteRange, ObjectInfo, Objects } from "../../platform/objects/objects.ts";
import { unavailable } from "../playback-error.ts";

/** A stored file that is too large for memory. */
export interface StaticFile {
  sizeBytes: number;
  /** Lower-case hex. */
  sha256: string;
  /** Its bytes, or some of them. Rejects with a `PlaybackError` (503) when they cannot be read now. */
  open(range: ByteRange): Promise<Readable>;
}

export interface StaticFiles {
  /** Null where it is not made, or not made yet. Rejects with a `PlaybackError` (503) when that cannot be told now. */
  find(key: string): Promise<StaticFile | null>;
}

/** Static renditions and masters in the store. What is there is whole: the store keeps no parts. */
export function createStaticFiles(objects: Objects): StaticFiles {
  return {
    find: async (key) => {
      const info = await tried(() => objects.head(key));
      return info === null ? null : fileOf(objects, info);
    },
  };
}

function fileOf(objects: Objects, { key, sizeBytes, sha256 }: ObjectInfo): StaticFile {
  return {
    sizeBytes,
    sha256,
    open: async (range) => {
      const found = await tried(() => objects.read(key, range));
      if (found?.info.sha256 === sha256) return found.body;
      found?.body.destroy();
      throw unavailable("The file was made anew meanwhile");
    },
  };
}

async function tried<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unavailable("The store cannot be read now", { cause: error });
  }
}
