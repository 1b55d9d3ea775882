import type { AllowList } from "../../domain/network/allow-list.ts";
import { openUrl } from "../../platform/fetching/open-url.ts";
import { asMediaError, isPassing } from "./fetch-input.ts";
import { MAX_FAILURES, waitAfterFailure } from "./fetch-patience.ts";
import { MediaError } from "./media-error.ts";

export interface SmallFetch {
  url: string;
  allow: AllowList;
  signal: AbortSignal;
  /** Most bytes, and milliseconds for all attempts together. */
  limits: { sizeBytes: number; ms: number };
}

/** What a customer's URL leads to, in memory: captions, not films. Tries again what may pass by itself. Rejects with MediaError. */
export async function fetchSmall({ url, allow, signal, limits }: SmallFetch): Promise<Buffer> {
  const deadline = AbortSignal.timeout(limits.ms);
  for (let failures = 1; ; failures += 1) {
    try {
      const { body } = await openUrl(url, { allow, signal: AbortSignal.any([signal, deadline]) });
      return await atMost(body, limits.sizeBytes);
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) throw tooSlow(limits.ms);
      if (!isPassing(error) || failures === MAX_FAILURES) throw asMediaError(error);
      await waitAfterFailure(failures, signal);
    }
  }
}

async function atMost(body: AsyncIterable<Buffer>, sizeBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of body) {
    received += chunk.length;
    if (received > sizeBytes) throw tooLarge(sizeBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, received);
}

function tooSlow(ms: number): MediaError {
  const most = `${ms / 60_000} minutes are the most`;
  return new MediaError("download_failed", `The URL's host took too long to send the file: ${most}.`);
}

function tooLarge(sizeBytes: number): MediaError {
  const most = `${sizeBytes / 1024 ** 2} MiB are the most`;
  return new MediaError("download_failed", `The file behind the URL is too large: ${most}.`);
}
