/** What a request to an upload URL says of its body (RFC 9110 §14.4, and the resumable subset of reference video-api.md §4.1). */
export type UploadRequest =
  /** Bytes from `start` on; `end` and `sizeBytes` (of the whole) are null while unknown. */
  | { kind: "bytes"; start: number; end: number | null; sizeBytes: number | null }
  /** How much is there? Without a body. */
  | { kind: "status"; sizeBytes: number | null }
  | { kind: "malformed"; problem: string };

const MAX_GIB = 200;
/**
 * Twelve hours, the longest asset, at 40 Mbit/s; inputs by URL have the same limit. Where objects are in S3 it also bounds memory: a file is
 * cut into 10,000 parts, each of which a request holds until it is full.
 */
export const MAX_UPLOAD_BYTES = MAX_GIB * 1_024 ** 3;

const RANGE = /^bytes[ =](\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i;
const STATUS = /^bytes[ =]\*\/(\d{1,15}|\*)$/i;

/**
 * @param contentRange the header, or undefined
 * @param contentLength of this body; null for one in chunks, whose length shows at its end
 */
export function readUploadRequest(contentRange: string | undefined, contentLength: number | null): UploadRequest {
  if (contentRange === undefined || contentRange.trim() === "") return wholeBody(contentLength);
  const text = contentRange.trim();
  const status = STATUS.exec(text);
  if (status !== null) {
    if ((contentLength ?? 0) > 0) return malformed("Content-Range: a question for the status has no body");
    const sizeBytes = size(status[1]);
    return sizeBytes === 0 ? malformed("Content-Range: a file has at least one byte") : { kind: "status", sizeBytes };
  }
  const range = RANGE.exec(text);
  if (range === null)
    return malformed("Content-Range: use bytes FIRST-LAST/TOTAL, or bytes */TOTAL to ask for the status");
  return pieceOfBody(Number(range[1]), Number(range[2]) + 1, size(range[3]), contentLength);
}

function wholeBody(contentLength: number | null): UploadRequest {
  if (contentLength === 0) return malformed("The body is empty");
  if ((contentLength ?? 0) > MAX_UPLOAD_BYTES) return malformed(`Content-Length: more than ${MAX_GIB} GiB`);
  return { kind: "bytes", start: 0, end: contentLength, sizeBytes: contentLength };
}

function pieceOfBody(
  start: number,
  end: number,
  sizeBytes: number | null,
  contentLength: number | null,
): UploadRequest {
  if (start >= end) return malformed("Content-Range: the last byte comes before the first");
  if (end > (sizeBytes ?? MAX_UPLOAD_BYTES)) return malformed("Content-Range: the last byte lies beyond the total");
  if ((sizeBytes ?? 0) > MAX_UPLOAD_BYTES) return malformed(`Content-Range: more than ${MAX_GIB} GiB`);
  if ((contentLength ?? 0) > end - start) return malformed("Content-Length: more than Content-Range says");
  return { kind: "bytes", start, end, sizeBytes };
}

function size(text: string | undefined): number | null {
  return text === undefined || text === "*" ? null : Number(text);
}

function malformed(problem: string): UploadRequest {
  return { kind: "malformed", problem };
}
