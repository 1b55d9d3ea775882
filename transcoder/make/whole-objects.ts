import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { ObjectDamagedError, type ObjectInfo, type Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";

interface WholeObject {
  info: ObjectInfo;
  bytes: Buffer;
}

/** A store in which a damaged object counts as missing, so that it is made anew. */
export interface WholeObjects {
  store: Objects;
  /** Reads the object as a whole: who asks a transcoder has missed it. */
  find(key: string): Promise<ObjectInfo | null>;
  /** The same with its bytes. */
  read(key: string): Promise<WholeObject | null>;
  /** Stores what could be made again: nobody waits for the disk. */
  keep(key: string, bytes: Buffer): Promise<ObjectInfo>;
}

export function wholeObjects(store: Objects, log: Logger): WholeObjects {
  return {
    store,
    find: async (key) => (await readWhole(store, log, key))?.info ?? null,
    read: (key) => readWhole(store, log, key),
    keep: (key, bytes) => store.put(key, bytes, { canBeRemade: true }),
  };
}

/** An object with its bytes; null when there is none or it is damaged. */
export async function readWhole(store: Objects, log: Logger, key: string): Promise<WholeObject | null> {
  try {
    const found = await store.read(key);
    if (found === null) return null;
    const bytes = await buffer(found.body);
    if (sha256(bytes) === found.info.sha256) return { info: found.info, bytes };
    log.error({ key }, "stored object has other bytes than were stored; it is made anew");
  } catch (error) {
    if (!(error instanceof ObjectDamagedError)) throw error;
    log.error({ err: error, key }, "stored object is damaged; it is made anew");
  }
  return null;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
