import type { IncomingMessage } from "node:http";
import { addAbortSignal } from "node:stream";
import { ApiError } from "../../domain/errors.ts";
import { MAX_UPLOAD_BYTES, readUploadRequest, type UploadRequest } from "../../domain/upload/content-range.ts";
import {
  DraftIncompleteError,
  DraftTooLongError,
  type ObjectDraft,
  ObjectMismatchError,
  ObjectMissingError,
} from "../../platform/objects/objects.ts";
import { draftOf, sourceOf, type UploadRow } from "../video/uploads.ts";
import { announceTotal } from "./announce-total.ts";
import { contentLength, readBody } from "./body-reader.ts";
import {
  changedMeanwhile,
  completeUpload,
  createUploadedAsset,
  goneUpload,
  isOvertaken,
  type UploadServices,
} from "./complete-upload.ts";
import { keepAlive } from "./keep-alive.ts";
import { stoppingError } from "./upload-gate.ts";

/** `contiguousBytes` from the first on are there; 0 says nothing of what lies behind a gap. */
export type UploadAnswer = { kind: "complete" } | { kind: "incomplete"; contiguousBytes: number };

const DISK_RETRY_SECONDS = 30;
/** Pieces far apart that a draft may have; each is gone through at every write. Clients that send at once send a handful. */
const MAX_RANGES = 1_000;

/**
 * Takes what a request brings, durably, and says what is there now. Repeating any request is harmless; what came before a
 * connection broke is kept. Rejects with ApiError.
 */
export async function receiveUpload(
  services: UploadServices,
  upload: UploadRow,
  request: IncomingMessage,
): Promise<UploadAnswer> {
  if (upload.status === "asset_created") return { kind: "complete" };
  if (upload.status !== "waiting") throw goneUpload(upload.status);
  const said = readUploadRequest(request.headers["content-range"], contentLength(request));
  if (said.kind === "malformed") throw new ApiError("invalid_parameters", [said.problem]);
  if ((await services.objects.head(sourceOf(upload).key)) !== null) {
    await createUploadedAsset(services, upload); // a process died after the last byte was stored
    return { kind: "complete" };
  }
  if (upload.expires_at.getTime() <= services.now()) throw goneUpload("timed_out");
  const draft = draftOf(services.objects, upload);
  try {
    if (said.kind === "bytes") await storeBytes(services, upload, draft, said, request);
    return await progress(services, upload, draft, said.sizeBytes);
  } catch (error) {
    if (services.uploads.signal.aborted) throw stoppingError();
    if (!(await isOvertaken(services, upload, error))) throw asRefusal(error, request);
    await createUploadedAsset(services, upload);
    return { kind: "complete" };
  }
}

async function storeBytes(
  services: UploadServices,
  upload: UploadRow,
  draft: ObjectDraft,
  { start, end, sizeBytes }: Extract<UploadRequest, { kind: "bytes" }>,
  request: IncomingMessage,
): Promise<void> {
  const stop = await keepAlive(services, upload);
  try {
    const before = await draft.received();
    if (sizeBytes !== null) await announceTotal(draft, sizeBytes, before);
    const whole = sizeBytes ?? before.sizeBytes;
    if (whole !== null && (end ?? 0) > whole) throw changedTotal();
    const { ranges, contiguousBytes } = before;
    if (ranges.length >= MAX_RANGES && start > contiguousBytes)
      throw new ApiError("invalid_parameters", ["There are too many gaps between the bytes: fill the first one"]);
    const body = readBody(request, end === null ? (whole ?? MAX_UPLOAD_BYTES) : end - start);
    await draft.write(start, addAbortSignal(services.uploads.signal, body.stream));
    if (body.isTooLong())
      throw new ApiError("invalid_parameters", ["The body is longer than was said, or than a file may be"]);
    if (end === null) await announceBody(draft, body.receivedBytes());
  } finally {
    stop();
  }
}

/** A whole body in chunks: its end tells its length. */
async function announceBody(draft: ObjectDraft, sizeBytes: number): Promise<void> {
  if (sizeBytes === 0) throw new ApiError("invalid_parameters", ["The body is empty"]);
  await announceTotal(draft, sizeBytes);
}

async function progress(
  services: UploadServices,
  upload: UploadRow,
  draft: ObjectDraft,
  askedSizeBytes: number | null,
): Promise<UploadAnswer> {
  const { contiguousBytes, ranges, sizeBytes } = await draft.received();
  const whole = sizeBytes ?? askedSizeBytes;
  if (whole === null) return { kind: "incomplete", contiguousBytes };
  if (askedSizeBytes !== null && askedSizeBytes !== whole) throw changedTotal();
  if ((ranges.at(-1)?.end ?? 0) > whole) throw changedTotal();
  if (contiguousBytes < whole) return { kind: "incomplete", contiguousBytes };
  await completeUpload(services, upload, whole);
  return { kind: "complete" };
}

function changedTotal(): ApiError {
  return new ApiError("invalid_parameters", ["The total is another than was said before, or less than what was sent"]);
}

/** What a client is told: only what it can act on; a full disk passes, so it is the kind of failure that clients try again after. */
export function asRefusal(error: unknown, request: IncomingMessage): unknown {
  if (error instanceof ObjectMismatchError) return changedTotal();
  if (error instanceof ObjectMissingError) return goneUpload("cancelled");
  if (error instanceof DraftIncompleteError) return changedMeanwhile({ cause: error });
  if (error instanceof DraftTooLongError)
    return new ApiError("payload_too_large", [
      "More bytes than can be taken while nobody knows the total: create a new upload and say it from the first byte on",
    ]);
  if (!request.complete && (request.errored !== null || request.destroyed))
    return new ApiError("invalid_parameters", ["The connection broke; what had arrived is kept"], { cause: error });
  if (
    error instanceof Error &&
    "code" in error &&
    ["ENOSPC", "EDQUOT", "EMFILE", "ENFILE"].includes(String(error.code))
  )
    return new ApiError("unavailable", ["There is no room for more bytes just now"], {
      cause: error,
      retryAfterSeconds: DISK_RETRY_SECONDS,
    });
  return error;
}
