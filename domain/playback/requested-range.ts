/** [start, end) in bytes. */
export interface ByteSpan {
  start: number;
  end: number;
}

/** `bytes=0-499`, `bytes=500-`, `bytes=-500`. */
const SINGLE = /^bytes=\s*(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))\s*$/i;

/**
 * The part that a `Range` header asks for (RFC 9110 §14.2). Null where all is to be sent: without the header, and for what
 * servers may pass over, which is several ranges, other units and malformed ones. `unsatisfiable` where none of it exists.
 */
export function requestedRange(header: string | undefined, sizeBytes: number): ByteSpan | "unsatisfiable" | null {
  const single = header === undefined ? null : SINGLE.exec(header);
  if (single === null) return null;
  const [, first, last, suffix] = single;
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), sizeBytes);
    return length === 0 ? "unsatisfiable" : { start: sizeBytes - length, end: sizeBytes };
  }
  const start = Number(first);
  const end = last === undefined ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (last !== undefined && Number(last) < start) return null; // RFC 9110 §14.1.1: an invalid range is passed over
  return start >= sizeBytes ? "unsatisfiable" : { start, end };
}
