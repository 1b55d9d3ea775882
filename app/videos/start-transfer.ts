import { createUpload } from "@mux/upchunk";

export interface TransferEvents {
  onProgress(sentBytes: number): void;
  /** The network is away. */
  onPause(): void;
  onFailure(message: string): void;
  onSuccess(): void;
}

export interface Transfer {
  abort(): void;
}

/** KiB. A chunk that fails is sent again, so the first ones are small; they double while one takes less than ten seconds. */
const FIRST_CHUNK_KIB = 8_192;
const LARGEST_CHUNK_KIB = 65_536;
/** With the pause between them: half a minute without network is survived. */
const ATTEMPTS = 12;
const PAUSE_SECONDS = 2.5;
/** 0 is a broken connection, which the client alone would take for the end (reference §4.1). */
const RETRIED = [0, 408, 429, 500, 502, 503, 504];

/** Sends a file in chunks to a direct upload's URL. */
export function startTransfer(file: File, url: string, events: TransferEvents): Transfer {
  let ended = false;
  const upload = createUpload({
    endpoint: url,
    file,
    chunkSize: FIRST_CHUNK_KIB,
    maxChunkSize: LARGEST_CHUNK_KIB,
    dynamicChunkSize: true,
    attempts: ATTEMPTS,
    delayBeforeAttempt: PAUSE_SECONDS,
    retryCodes: RETRIED,
    useLargeFileWorkaround: true,
  });
  upload.on("progress", ({ detail }) => {
    if (!ended && !upload.offline) events.onProgress(Math.round((Number(detail) / 100) * file.size));
  });
  upload.on("offline", () => {
    if (!ended) events.onPause();
  });
  upload.on("error", ({ detail }) => {
    if (ended) return;
    ended = true;
    upload.abort(); // else it goes on, with a hole, when the browser comes back online
    events.onFailure(sentence(detail as { response?: { statusCode?: number }; message?: string }));
  });
  upload.on("success", () => {
    if (ended) return;
    ended = true;
    events.onSuccess();
  });
  return {
    abort: () => {
      ended = true;
      upload.abort();
    },
  };
}

function sentence({ response, message }: { response?: { statusCode?: number }; message?: string }): string {
  switch (response?.statusCode) {
    case undefined:
      return message ?? "The file could not be read.";
    case 0:
      return "The connection to the server broke, or this address may not upload there. Check the network, then retry.";
    case 403:
    case 404:
    case 410:
      return "The server no longer takes this upload: its time is over, or it was cancelled. Retry it.";
    case 413:
      return "The server does not take files this large.";
    default:
      return `The server refused the bytes (status ${response?.statusCode}). Retry in a moment.`;
  }
}
