import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { LARGE_BODY_BYTES } from "./large-bodies.ts";

/** Largest body, as sent and unpacked. The web SDK cuts its batches at 500 KiB. */
export const MAX_BODY_BYTES = 4 * 1_048_576;

/**
 * `bytes` of a body are those of `text`, without a byte order mark. Of others they are the beginning of what was sent, still
 * packed where it could not be unpacked, and all of it where `isWhole`.
 */
export type BodyOutcome =
  | { kind: "body"; text: string; bytes: Buffer }
  | { kind: "too_large"; bytes: Buffer }
  | { kind: "unreadable"; bytes: Buffer; isWhole: boolean; isPacked: boolean }
  | { kind: "limited" };

/** Room for a body that turns out to be large. */
export interface LargeRoom {
  /** False when there is none for this sender. */
  take(): boolean;
  give(): void;
}

/** As much of a body that cannot be read is kept. */
const HEAD_BYTES = 65_536;

const DECODERS = new Map<string, () => NodeJS.ReadWriteStream & Readable>([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);

/** Reads a body whatever its content type; native SDKs compress it (data-wire.md §1.2). Rejects when the client leaves. */
export function readBody(request: IncomingMessage, room: LargeRoom): Promise<BodyOutcome> {
  const encoding = String(request.headers["content-encoding"] ?? "identity").toLowerCase();
  if (encoding === "identity" || encoding === "") return withoutRest(request, collect(request, room));
  return readPacked(request, encoding, room);
}

async function readPacked(request: IncomingMessage, encoding: string, room: LargeRoom): Promise<BodyOutcome> {
  const sent = collectHead(request);
  const decoder = DECODERS.get(encoding);
  if (decoder === undefined) return afterRest(request, sent);
  const unpacked = decoder();
  request.on("error", (error) => unpacked.destroy(error));
  try {
    return await withoutRest(request, collect(request.pipe(unpacked), room));
  } catch {
    if (request.errored !== null) throw request.errored;
    // Not what its Content-Encoding says. The rest has to be read, or the client waits with it for ever.
    return afterRest(request, sent);
  } finally {
    unpacked.destroy(); // where it was given up in the middle; else it has ended
  }
}

/** What there is no room for is read to its end all the same, and kept nowhere. */
async function withoutRest(request: IncomingMessage, collected: Promise<BodyOutcome>): Promise<BodyOutcome> {
  const outcome = await collected;
  if (outcome.kind !== "limited") return outcome;
  request.unpipe();
  return (await skipBody(request)) ? outcome : { kind: "too_large", bytes: Buffer.alloc(0) };
}

type Head = () => { bytes: Buffer; isWhole: boolean };

async function afterRest(request: IncomingMessage, sent: Head): Promise<BodyOutcome> {
  const isShort = await skipBody(request);
  return isShort ? { kind: "unreadable", ...sent(), isPacked: true } : { kind: "too_large", bytes: sent().bytes };
}

/** Reads to the end and keeps nothing. False where it is too long for that. Rejects when the client leaves. */
export function skipBody(request: IncomingMessage): Promise<boolean> {
  if (request.readableEnded) return Promise.resolve(true);
  if (request.destroyed) return Promise.reject(new Error("closed before its end"));
  return new Promise((resolve, reject) => {
    let sizeBytes = 0;
    request.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_BODY_BYTES) resolve(false);
    });
    request.on("end", () => resolve(true));
    request.on("error", reject);
    request.on("close", () => reject(new Error("closed before its end")));
    request.resume();
  });
}

/** Keeps the beginning of a stream that others read; the answer is what has come so far. */
function collectHead(stream: Readable): Head {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  stream.on("data", (chunk: Buffer) => {
    if (sizeBytes < HEAD_BYTES) chunks.push(chunk.subarray(0, HEAD_BYTES - sizeBytes));
    sizeBytes += chunk.length;
  });
  return () => ({ bytes: Buffer.concat(chunks), isWhole: sizeBytes <= HEAD_BYTES });
}

/** By events: the stream's async iterator took 6 % of a request's time. */
function collect(stream: Readable, room: LargeRoom): Promise<BodyOutcome> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    let isLarge = false;
    const keep = (chunk: Buffer) => {
      sizeBytes += chunk.length;
      chunks.push(chunk);
      if (sizeBytes > LARGE_BODY_BYTES && !isLarge) {
        isLarge = room.take();
        if (isLarge) stream.once("close", room.give);
        else {
          stream.off("data", keep);
          return resolve({ kind: "limited" });
        }
      }
      if (sizeBytes <= MAX_BODY_BYTES) return;
      stream.destroy();
      resolve({ kind: "too_large", bytes: Buffer.concat(chunks).subarray(0, HEAD_BYTES) });
    };
    stream.on("data", keep);
    stream.on("end", () => resolve(wholeBody(chunks, sizeBytes)));
    stream.on("error", reject); // also when the client leaves in mid-body
    stream.on("close", () => reject(new Error("closed before its end"))); // after an end or error it says nothing new
  });
}

const BYTE_ORDER_MARK = Buffer.from("\uFEFF");

function wholeBody(chunks: readonly Buffer[], sizeBytes: number): BodyOutcome {
  const [first] = chunks;
  const all = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, sizeBytes);
  const marked = all.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  const bytes = marked ? all.subarray(BYTE_ORDER_MARK.length) : all;
  const text = bytes.toString("utf8");
  if (!text.startsWith("\uFEFF")) return { kind: "body", text, bytes };
  const isWhole = all.length <= HEAD_BYTES;
  return { kind: "unreadable", bytes: all.subarray(0, HEAD_BYTES), isWhole, isPacked: false }; // two marks are no JSON
}
