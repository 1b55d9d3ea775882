import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResumableObjects } from "../objects.ts";
import { parseS3Url, type S3Access } from "../s3/s3-access.ts";
import { S3Bucket, type S3Patience } from "../s3/s3-bucket.ts";
import { openS3Objects } from "../s3/s3-objects.ts";
import { type S3Double, type S3DoubleOptions, startS3Double } from "./s3-double.ts";

/** A double with as many users as a test wants. */
export interface S3World {
  double: S3Double;
  access: S3Access;
  /** The users' folder for copies. */
  scratch: string;
  /** A further user, as another process would be one. */
  open(): ResumableObjects;
  bucket(): S3Bucket;
  close(): Promise<void>;
}

export interface S3WorldOptions extends S3DoubleOptions {
  partBytes?: number;
  patience?: S3Patience;
}

export async function startS3World({ partBytes, patience, ...options }: S3WorldOptions = {}): Promise<S3World> {
  const double = await startS3Double(options);
  const access = parseS3Url(double.url);
  if (typeof access === "string") throw new Error(`the double's URL ${access}`);
  const scratch = await mkdtemp(join(tmpdir(), "playhead-s3-"));
  const buckets: S3Bucket[] = [];
  const bucket = (): S3Bucket => {
    const opened = new S3Bucket(access, patience);
    buckets.push(opened);
    return opened;
  };
  return {
    double,
    access,
    scratch,
    bucket,
    open: () => openS3Objects({ bucket: bucket(), scratch, ...(partBytes === undefined ? {} : { partBytes }) }),
    close: async () => {
      for (const opened of buckets) opened.close();
      await double.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
