import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { AllowList } from "../../domain/network/allow-list.ts";
import { FetchFailedError, FetchRefusedError } from "../../platform/fetching/fetch-errors.ts";
import { openUrl } from "../../platform/fetching/open-url.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { MediaError } from "./media-error.ts";

/** Twelve hours, the longest asset, at 40 Mbit/s: what is larger is no film, and an endless answer ends here. */
const MAX_GIB = 200;
/** For all attempts together. A sender of a byte now and then would else hold a job for ever. */
const MAX_HOURS = 6;
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 1_000;

export interface InputFetch {
  url: string;
  key: string;
  allow: AllowList;
  signal: AbortSignal;
  /** For tests; what is usual otherwise. */
  limits?: { sizeBytes: number; ms: number };
}

const LIMITS = { sizeBytes: MAX_GIB * 1024 ** 3, ms: MAX_HOURS * 3_600_000 };

/** Stores what a customer's URL leads to. Tries again what may pass by itself. Rejects with MediaError `download_failed`. */
export async function fetchInput(objects: Objects, fetch: InputFetch): Promise<void> {
  const { url, key, allow, signal, limits = LIMITS } = fetch;
  const deadline = AbortSignal.timeout(limits.ms);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { body } = await openUrl(url, { allow, signal: AbortSignal.any([signal, deadline]) });
      await objects.put(key, Readable.from(noLonger(body, limits.sizeBytes)));
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) throw new MediaError("download_failed", "The URL's host took too long to send the file.");
      if (!isPassing(error) || attempt === ATTEMPTS) throw asMediaError(error);
      await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }
}

async function* noLonger(body: AsyncIterable<Buffer>, sizeBytes: number): AsyncGenerator<Buffer> {
  let received = 0;
  for await (const chunk of body) {
    received += chunk.length;
    if (received > sizeBytes) throw new MediaError("download_failed", "The file behind the URL is too large.");
    yield chunk;
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof FetchFailedError && error.isRetriable;
}

/** What is the customer's to mend; anything else is ours and stays as it is. */
function asMediaError(error: unknown): unknown {
  const isTheirs = error instanceof FetchRefusedError || error instanceof FetchFailedError;
  return isTheirs ? new MediaError("download_failed", error.message, { cause: error }) : error;
}
