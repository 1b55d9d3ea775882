import { DOWNLOAD_HELP, DOWNLOAD_LIMITS, statusHelp } from "../../domain/media/download-help.ts";
import { type AssetRef, fetchDraftId, fetchStateKey, sourceKey } from "../../domain/media/object-keys.ts";
import type { AllowList } from "../../domain/network/allow-list.ts";
import { FetchFailedError, FetchRefusedError } from "../../platform/fetching/fetch-errors.ts";
import type { ObjectDraft, ResumableObjects } from "../../platform/objects/objects.ts";
import { type Download, downloadOnce } from "./download-once.ts";
import { MAX_FAILURES, waitAfterFailure } from "./fetch-patience.ts";
import { MediaError } from "./media-error.ts";

/** Twelve hours, the longest asset, at 40 Mbit/s: what is larger is no film, and an endless answer ends here. */
const MAX_GIB = 200;
/** For all attempts together. A sender of a byte now and then would else hold a job for ever. */
const MAX_HOURS = 6;

export interface InputFetch {
  url: string;
  ref: AssetRef;
  allow: AllowList;
  signal: AbortSignal;
  /** For tests; what is usual otherwise. */
  limits?: { sizeBytes: number; ms: number };
}

const LIMITS = { sizeBytes: MAX_GIB * 1024 ** 3, ms: MAX_HOURS * 3_600_000 };

/**
 * Stores what a customer's URL leads to. Tries again what may pass by itself, and goes on where it broke off if the host can,
 * also in another process. Rejects with MediaError for what is the customer's to mend; what had come is forgotten then, and kept
 * with any other failure, such as a store that does not answer.
 */
export async function fetchInput(objects: ResumableObjects, fetch: InputFetch): Promise<void> {
  const { url, ref, allow, signal, limits = LIMITS } = fetch;
  const deadline = AbortSignal.timeout(limits.ms);
  const download: Download = {
    url,
    allow,
    signal: AbortSignal.any([signal, deadline]),
    maxBytes: limits.sizeBytes,
    openDraft: () => objects.openDraft(sourceKey(ref, 1), fetchDraftId(ref.assetId)),
    stateKey: fetchStateKey(ref),
  };
  try {
    await downloadPatiently(objects, download, signal);
  } catch (error) {
    signal.throwIfAborted(); // the program stops, and another goes on; or the asset is deleted with all that is stored
    const told = deadline.aborted ? new MediaError("download_failed", DOWNLOAD_LIMITS.too_slow) : asMediaError(error);
    if (!(told instanceof MediaError)) throw told;
    await download.openDraft().discard();
    await objects.delete(download.stateKey);
    throw told;
  }
  await objects.delete(download.stateKey);
}

async function downloadPatiently(objects: ResumableObjects, download: Download, signal: AbortSignal): Promise<void> {
  for (let failures = 0; ; ) {
    const before = await sizeOf(download.openDraft());
    try {
      return await downloadOnce(objects, download);
    } catch (error) {
      download.signal.throwIfAborted();
      // in a row without a new byte
      failures = (await sizeOf(download.openDraft())) > before ? 1 : failures + 1;
      if (!isPassing(error) || failures === MAX_FAILURES) throw error;
      await waitAfterFailure(failures, signal);
    }
  }
}

async function sizeOf(draft: ObjectDraft): Promise<number> {
  return (await draft.received()).contiguousBytes;
}

/** Whether trying again may help. */
export function isPassing(error: unknown): boolean {
  return error instanceof FetchFailedError && error.isRetriable;
}

/** What is the customer's to mend; anything else is ours and stays as it is. */
export function asMediaError(error: unknown): unknown {
  const isTheirs = error instanceof FetchRefusedError || error instanceof FetchFailedError;
  if (!isTheirs) return error;
  const status = error instanceof FetchFailedError ? error.status : null;
  const help = status === null ? DOWNLOAD_HELP[error.reason] : statusHelp(status);
  return new MediaError("download_failed", `${error.message} ${help}`, { cause: error });
}
