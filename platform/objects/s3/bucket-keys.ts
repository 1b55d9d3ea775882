import { isPart } from "../object-paths.ts";

/**
 * How objects lie in the bucket. A small object is the S3 object of its key, its record in metadata. A large one has its bytes
 * below `@large/`, with an id, since they begin to arrive before their hash is known; the S3 object of its key is empty and its
 * record names that id. Putting this record is the one atomic step that makes bytes, length and hash visible together. "@"
 * cannot be in a key.
 */
const LARGE = "@large/";
const DRAFTS = "@drafts/";

/** S3 takes 1,024 bytes; the prefix of the bucket and what we add take up to 300. */
const MAX_KEY_LENGTH = 700;

/** Throws RangeError for what is no key. */
export function requireKey(key: string): string {
  if (!key.split("/").every(isPart)) throw new RangeError(`"${key}" is no object key`);
  if (key.length > MAX_KEY_LENGTH) throw new RangeError(`"${key}" has more than ${MAX_KEY_LENGTH} characters`);
  return key;
}

/** Throws RangeError for what is neither "" nor ends in "/" after parts of keys. */
export function requirePrefix(prefix: string): string {
  const parts = prefix.split("/");
  if (prefix !== "" && !(parts.pop() === "" && parts.every(isPart)))
    throw new RangeError(`"${prefix}" is no prefix of object keys`);
  return prefix;
}

/** Of what is listed, keys of objects; the rest is ours. */
export const isObjectKey = (key: string): boolean => !key.includes("@");

export const largeKey = (key: string, id: string): string => `${LARGE}${key}@${id}`;

/** Below it lie the bytes of large objects below a prefix of keys. */
export const largePrefix = (prefix: string): string => LARGE + prefix;

/** Whose bytes lie there; null when that is no place of large ones. */
export function ownerOf(largeKey: string): { key: string; id: string } | null {
  const [, key, id] = /^@large\/([^@]+)@([0-9a-f]+)$/.exec(largeKey) ?? [];
  return key === undefined || id === undefined ? null : { key, id };
}

export const DRAFTS_PREFIX = DRAFTS;

/** Throws RangeError for what cannot be an id. */
export function draftPrefix(draftId: string): string {
  if (!isPart(draftId)) throw new RangeError(`"${draftId}" is no id of a draft`);
  return `${DRAFTS}${draftId}/`;
}
