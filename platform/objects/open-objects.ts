import { access, constants } from "node:fs/promises";
import { z } from "zod";
import type { CheckResult } from "../observability/readiness.ts";
import { openFolderObjects } from "./folder-objects.ts";
import type { ResumableObjects } from "./objects.ts";
import { parseS3Url, type S3Access } from "./s3/s3-access.ts";

/** `OBJECTS_URL`: null where objects are in a folder. */
export const objectsUrl = z
  .string()
  .default("")
  .transform((value, context): S3Access | null => {
    if (value === "") return null;
    const s3 = parseS3Url(value);
    if (typeof s3 !== "string") return s3;
    context.addIssue(s3);
    return z.NEVER;
  });

export interface OpenedObjects {
  objects: ResumableObjects;
  /** Whether they can be used now; for readiness. */
  check(): Promise<CheckResult>;
  close(): Promise<void>;
}

export interface OpenObjectsOptions {
  /** Folder of the objects; with S3 only of copies that ffmpeg reads. */
  objectsDir: string;
  objectsS3: S3Access | null;
}

/** Opens the objects that the configuration asks for; nobody else needs to know which ones they are. */
export async function openObjects(
  { objectsDir, objectsS3 }: OpenObjectsOptions,
  use: "read" | "write",
): Promise<OpenedObjects> {
  if (objectsS3 !== null) return openBucket(objectsDir, objectsS3, use);
  const mode = use === "write" ? constants.W_OK | constants.X_OK : constants.R_OK | constants.X_OK;
  const check = async (): Promise<CheckResult> => {
    await access(objectsDir, mode);
    return { ok: true };
  };
  return { objects: openFolderObjects(objectsDir), check, close: async () => {} };
}

/** Amazon's client takes 50 ms and some memory to load: only who uses it has it. */
async function openBucket(scratch: string, s3: S3Access, use: "read" | "write"): Promise<OpenedObjects> {
  const { READER_PATIENCE, S3Bucket, WRITER_PATIENCE } = await import("./s3/s3-bucket.ts");
  const { openS3Objects } = await import("./s3/s3-objects.ts");
  const bucket = new S3Bucket(s3, use === "read" ? READER_PATIENCE : WRITER_PATIENCE);
  const check = async (): Promise<CheckResult> => {
    await bucket.check();
    return { ok: true };
  };
  return { objects: openS3Objects({ bucket, scratch }), check, close: async () => bucket.close() };
}
