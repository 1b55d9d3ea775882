import { ObjectDamagedError, type ObjectInfo } from "../objects.ts";
import { largeKey } from "./bucket-keys.ts";
import type { StoredBytes } from "./s3-bucket.ts";

/** Metadata of the S3 object of a key. */
export interface ObjectRecord {
  info: ObjectInfo;
  /** Of the bytes below `@large/`; null: they are this object's own. */
  largeId: string | null;
}

export function recordToMetadata({ info, largeId }: ObjectRecord): Record<string, string> {
  const { sizeBytes, sha256 } = info;
  return { size: String(sizeBytes), sha256, ...(largeId === null ? {} : { large: largeId }) };
}

/** Throws ObjectDamagedError for what no driver of ours wrote. */
export function recordOf(key: string, { metadata }: Pick<StoredBytes, "metadata">): ObjectRecord {
  const { size = "", sha256 = "", large = null } = metadata;
  if (!(/^\d+$/.test(size) && /^[0-9a-f]{64}$/.test(sha256) && /^[0-9a-f]+$/.test(large ?? "0")))
    throw new ObjectDamagedError(`The record of ${key} is unreadable`);
  return { info: { key, sizeBytes: Number(size), sha256 }, largeId: large };
}

/** Where the bytes are. */
export function placeOf({ info, largeId }: ObjectRecord): string {
  return largeId === null ? info.key : largeKey(info.key, largeId);
}
