import { Readable } from "node:stream";
import { type ByteRange, ObjectDamagedError, type ObjectInfo } from "../objects.ts";
import { type ObjectRecord, placeOf, recordOf } from "./object-record.ts";
import type { S3Bucket } from "./s3-bucket.ts";

/** An object may be replaced between two steps: then they are done again. */
const ATTEMPTS = 10;

type Read = { info: ObjectInfo; body: Readable };

/** A whole small object is one request; large ones, and ranges, are two. */
export async function readObject(bucket: S3Bucket, key: string, range?: ByteRange): Promise<Read | null> {
  let missing: string | null = null;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const step = range === undefined ? await readWhole(bucket, key) : await readRange(bucket, key, range);
    if (step === null || "body" in step) return step;
    if (step.missing === missing) throw new ObjectDamagedError(`The bytes of ${key} are gone`);
    missing = step.missing;
  }
  throw new Error(`${key} was replaced ${ATTEMPTS} times while it was to be read`);
}

type Step = Read | { missing: string | null } | null;

async function readWhole(bucket: S3Bucket, key: string): Promise<Step> {
  const found = await bucket.get(key);
  if (found === null) return null;
  const record = await orDestroyed(found.body, () => recordOf(key, found.stored));
  if (record.largeId === null) return checked(record, found);
  found.body.on("error", () => {}).resume(); // empty: read to its end, so that the connection serves the next request
  const large = await bucket.get(placeOf(record));
  return large === null ? { missing: record.largeId } : checked(record, large);
}

async function readRange(bucket: S3Bucket, key: string, range: ByteRange): Promise<Step> {
  const stored = await bucket.head(key);
  if (stored === null) return null;
  const record = recordOf(key, stored);
  const { sizeBytes } = record.info;
  const { start, end } = range;
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= sizeBytes))
    throw new RangeError(`Bytes ${start} to ${end} are not within ${key}, which has ${sizeBytes}`);
  if (record.largeId === null && stored.sizeBytes !== sizeBytes) throw damaged(record, stored.sizeBytes);
  if (start === end) return { info: record.info, body: Readable.from([]) };
  const etag = record.largeId === null ? { etag: stored.etag } : {};
  const found = await bucket.get(placeOf(record), { range, ...etag });
  if (found !== null) return checked(record, found);
  return { missing: record.largeId };
}

async function checked(record: ObjectRecord, { stored, body }: { stored: { sizeBytes: number }; body: Readable }) {
  return orDestroyed(body, () => {
    if (stored.sizeBytes !== record.info.sizeBytes) throw damaged(record, stored.sizeBytes);
    return { info: record.info, body };
  });
}

function damaged({ info }: ObjectRecord, sizeBytes: number): ObjectDamagedError {
  return new ObjectDamagedError(`${info.key} has ${sizeBytes} bytes, but was stored with ${info.sizeBytes}`);
}

async function orDestroyed<T>(body: Readable, step: () => T): Promise<T> {
  try {
    return step();
  } catch (error) {
    body.destroy();
    throw error;
  }
}
