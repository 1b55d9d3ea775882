import { createHash, randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { type ObjectInfo, ObjectMismatchError, ObjectsUnavailableError, type PutOptions } from "../objects.ts";
import { largeKey } from "./bucket-keys.ts";
import { cutPieces } from "./cut-pieces.ts";
import { type ObjectRecord, placeOf, recordOf, recordToMetadata } from "./object-record.ts";
import type { S3Bucket } from "./s3-bucket.ts";

type Expected = Pick<PutOptions, "sizeBytes" | "sha256">;

/** Stores a stream as one object: by one request when it fits into a part, in parts otherwise. Holds two parts in memory. */
export async function writeObject(
  bucket: S3Bucket,
  key: string,
  body: Readable | Buffer,
  { expected, partBytes }: { expected: Expected; partBytes: number },
): Promise<ObjectInfo> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const pieces = cutPieces(Buffer.isBuffer(body) ? oneChunk(body) : body, partBytes);
  const take = async (): Promise<Buffer | null> => {
    const { value, done } = await pieces.next();
    if (done === true) return null;
    hash.update(value);
    sizeBytes += value.length;
    if (sizeBytes > (expected.sizeBytes ?? sizeBytes)) throw wrongLength(expected, `more than ${expected.sizeBytes}`);
    return value;
  };
  const info = (): ObjectInfo => {
    if (sizeBytes !== (expected.sizeBytes ?? sizeBytes)) throw wrongLength(expected, `${sizeBytes}`);
    const sha256 = hash.digest("hex");
    if (sha256 !== (expected.sha256 ?? sha256))
      throw new ObjectMismatchError(`SHA-256 ${expected.sha256} was expected, not ${sha256}`);
    return { key, sizeBytes, sha256 };
  };
  try {
    const first = await take();
    const second = first === null ? null : await take();
    if (first === null || second === null) return await putSmall(bucket, info(), first ?? Buffer.alloc(0));
    return await putLarge(bucket, key, [first, second], take, info);
  } finally {
    await pieces.return(undefined);
  }
}

/** All bytes in one request with their record. */
export async function putSmall(bucket: S3Bucket, info: ObjectInfo, bytes: Buffer): Promise<ObjectInfo> {
  await bucket.put(info.key, bytes, { metadata: recordToMetadata({ info, largeId: null }) });
  return info;
}

async function putLarge(
  bucket: S3Bucket,
  key: string,
  begun: readonly Buffer[],
  take: () => Promise<Buffer | null>,
  info: () => ObjectInfo,
): Promise<ObjectInfo> {
  const largeId = newLargeId();
  const place = largeKey(key, largeId);
  const uploadId = await bucket.createUpload(place);
  try {
    let number = 0;
    const waiting = [...begun];
    for (let piece = waiting.shift() ?? null; piece !== null; piece = waiting.shift() ?? (await take())) {
      number += 1;
      if (!(await bucket.putPart(place, uploadId, number, piece))) throw new Error(`The upload of ${key} was aborted`);
    }
    const record = { info: info(), largeId };
    await completeLarge(bucket, { place, uploadId, sizeBytes: record.info.sizeBytes });
    return await publishLarge(bucket, record);
  } catch (error) {
    await bucket.abortUpload(place, uploadId).catch(() => {}); // what is left is reaped
    throw error;
  }
}

/** Makes bytes of parts; rejects when they do not become as many as they should. May be repeated. */
export async function completeLarge(
  bucket: S3Bucket,
  { place, uploadId, sizeBytes }: { place: string; uploadId: string; sizeBytes: number },
): Promise<void> {
  const parts = await bucket.listParts(place, uploadId);
  const listedBytes = parts?.reduce((sum, part) => sum + part.sizeBytes, 0) ?? sizeBytes;
  if (listedBytes !== sizeBytes)
    throw new ObjectsUnavailableError(`The store has lost parts of ${place}: ${listedBytes} bytes of ${sizeBytes}`);
  const outcome = parts === null ? "ended" : await bucket.completeUpload(place, uploadId, parts);
  const made = await bucket.head(place); // an upload that has ended may have been completed by a request nobody heard of
  if (made?.sizeBytes !== sizeBytes) throw new ObjectsUnavailableError(`${place} did not become whole: ${outcome}`);
}

/** Gives a key the bytes that lie below `@large/`, and removes those that it had there before. */
export async function publishLarge(bucket: S3Bucket, record: ObjectRecord): Promise<ObjectInfo> {
  const { info } = record;
  const replaced = await currentPlace(bucket, info.key);
  await bucket.put(info.key, Buffer.alloc(0), { metadata: recordToMetadata(record) });
  const place = placeOf(record);
  const current = await currentPlace(bucket, info.key);
  if (current !== place)
    await bucket.delete(place); // another put or delete came between
  else if (replaced !== null && replaced !== place) await bucket.delete(replaced);
  return info;
}

/** Where the key's large object has its bytes; null when it is none, or unreadable. */
async function currentPlace(bucket: S3Bucket, key: string): Promise<string | null> {
  const stored = await bucket.head(key);
  if (stored?.metadata["large"] === undefined) return null;
  return placeOf(recordOf(key, stored));
}

export const newLargeId = (): string => randomBytes(8).toString("hex");

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function wrongLength({ sizeBytes }: Expected, came: string): ObjectMismatchError {
  return new ObjectMismatchError(`${sizeBytes} bytes were expected, not ${came}`);
}
