import { setTimeout as sleep } from "node:timers/promises";
import type { AllowList } from "../../domain/network/allow-list.ts";
import { FetchFailedError, FetchRefusedError } from "../../platform/fetching/fetch-errors.ts";
import { openUrl } from "../../platform/fetching/open-url.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { MediaError } from "./media-error.ts";

const ATTEMPTS = 4;
const FIRST_WAIT_MS = 1_000;

export interface InputFetch {
  url: string;
  key: string;
  allow: AllowList;
  signal: AbortSignal;
}

/** Stores what a customer's URL leads to. Tries again what may pass by itself. Rejects with MediaError `download_failed`. */
export async function fetchInput(objects: Objects, { url, key, allow, signal }: InputFetch): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { body } = await openUrl(url, { allow, signal });
      await objects.put(key, body);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FetchRefusedError) throw new MediaError("download_failed", error.message, { cause: error });
      if (!(error instanceof FetchFailedError)) throw error;
      if (!error.isRetriable || attempt === ATTEMPTS) {
        throw new MediaError("download_failed", error.message, { cause: error });
      }
      await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }
}
