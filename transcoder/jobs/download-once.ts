import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import { DOWNLOAD_LIMITS } from "../../domain/media/download-help.ts";
import { SNIFFED_BYTES, sniffContainer } from "../../domain/media/sniff-container.ts";
import { sniffRefused } from "../../domain/media/sniff-refused.ts";
import type { AllowList } from "../../domain/network/allow-list.ts";
import { FetchFailedError } from "../../platform/fetching/fetch-errors.ts";
import { type OpenedUrl, openUrl } from "../../platform/fetching/open-url.ts";
import type { ObjectDraft, ResumableObjects } from "../../platform/objects/objects.ts";
import { MediaError, refused } from "./media-error.ts";

export interface Download {
  url: string;
  allow: AllowList;
  signal: AbortSignal;
  maxBytes: number;
  /** Anew each time: a draft that was discarded is another. */
  openDraft: () => ObjectDraft;
  /** Object that holds the {@link FetchState}. */
  stateKey: string;
}

/** What the bytes in the draft are of: only the same file may go on. */
const FetchState = z.object({ validator: z.string(), sizeBytes: z.number().int().positive() });
type FetchState = z.infer<typeof FetchState>;

/** One request, for the whole or for what is missing. Rejects when it broke off; what came is kept. */
export async function downloadOnce(objects: ResumableObjects, download: Download): Promise<void> {
  const { url, allow, signal, openDraft, stateKey } = download;
  const state = await readState(objects, stateKey);
  const start = state === null ? 0 : (await openDraft().received()).contiguousBytes;
  if (state !== null && start === state.sizeBytes) return finish(openDraft(), start);
  const resume = state === null || start === 0 ? null : { start, ...state };
  const opened = await openUrl(url, { allow, signal, ...(resume !== null && { resume }) });
  try {
    if (resume === null || !isRest(opened, resume)) return await receiveWhole(objects, download, opened);
    await openDraft().write(start, Readable.from(noLonger(opened.body, start, download.maxBytes)));
  } finally {
    opened.body.destroy(); // also where a write fails before it reads
  }
  await finish(openDraft(), resume.sizeBytes);
}

/** Whatever had come is of another file, or the host cannot go on in the middle. */
async function receiveWhole(objects: ResumableObjects, download: Download, opened: OpenedUrl): Promise<void> {
  const { openDraft, stateKey, maxBytes } = download;
  if (opened.status === 206) throw new FetchFailedError("protocol"); // nobody asked for a part, or for this one
  const promised = opened.headers["content-length"];
  if (Number(promised) > maxBytes) throw tooLarge();
  await openDraft().discard();
  const state = stateOf(opened);
  if (state === null) await objects.delete(stateKey);
  else await objects.put(stateKey, Buffer.from(JSON.stringify(state)));
  if (Number(promised) > 0) await openDraft().announce(Number(promised)); // a bucket has room for long files only where it knows
  await openDraft().write(0, Readable.from(mediaOnly(noLonger(opened.body, 0, maxBytes))));
  const { contiguousBytes } = await openDraft().received();
  if (contiguousBytes === 0) throw refused("empty");
  await finish(openDraft(), contiguousBytes);
}

async function finish(draft: ObjectDraft, sizeBytes: number): Promise<void> {
  await draft.finish({ sizeBytes });
}

/** RFC 9110 §14.4: the part that was asked for, of a file of the same length. */
function isRest({ status, headers }: OpenedUrl, { start, sizeBytes }: FetchState & { start: number }): boolean {
  if (status !== 206) return false;
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers["content-range"] ?? "") ?? [];
  return Number(first) === start && Number(last) === sizeBytes - 1 && Number(total) === sizeBytes;
}

/** Null where a later answer could not be told to be of the same file: without length, or a strong validator. */
function stateOf({ headers }: OpenedUrl): FetchState | null {
  const { etag } = headers;
  const validator = etag?.startsWith('"') ? etag : headers["last-modified"];
  const state = FetchState.safeParse({ validator, sizeBytes: Number(headers["content-length"]) });
  return state.success ? state.data : null;
}

async function readState(objects: ResumableObjects, key: string): Promise<FetchState | null> {
  const found = await objects.read(key);
  return found === null ? null : FetchState.parse(JSON.parse((await buffer(found.body)).toString("utf8")));
}

async function* noLonger(body: AsyncIterable<Buffer>, start: number, maxBytes: number): AsyncGenerator<Buffer> {
  let received = start;
  for await (const chunk of body) {
    received += chunk.length;
    if (received > maxBytes) throw tooLarge();
    yield chunk;
  }
}

/** Ends at the first bytes of what is no film: nobody needs the rest of an archive of 100 GB. */
async function* mediaOnly(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of body) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < SNIFFED_BYTES) continue;
    requireMedia(head);
    yield head;
    head = null;
  }
  if (head === null || head.length === 0) return;
  requireMedia(head);
  yield head;
}

function requireMedia(head: Buffer): void {
  const sniffed = head.subarray(0, SNIFFED_BYTES);
  if (sniffContainer(sniffed) === null) throw refused(sniffRefused(sniffed));
}

function tooLarge(): MediaError {
  return new MediaError("download_failed", DOWNLOAD_LIMITS.too_large);
}
