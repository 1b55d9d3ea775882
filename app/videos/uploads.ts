import type { Transfer, TransferEvents } from "./start-transfer.ts";
import { remainingMs, type TransferSample, transferRate, withSample } from "./transfer-rate.ts";
import { isUnfinished, titleOf, type Upload, type UploadState } from "./upload-state.ts";
import type { ApiAnswer, VideoApi } from "./video-api.ts";
import type { DirectUpload } from "./wire.ts";

/** Files that are sent at the same time; more only share the same line. */
const SENDING_AT_ONCE = 2;
/** Progress arrives with every packet; redrawing this often is enough. */
const REDRAW_MS = 150;
const ASK_EVERY_MS = 1_000;
/** The server makes the asset within moments of the last byte. After this long something is wrong. */
const MOST_QUESTIONS = 120;

const SIGNED_OUT = "Your session is over. Sign in again, then retry.";
const ARRIVED_SIGNED_OUT = "The file arrived, but your session is over. Sign in again; its video will be in the list.";
const UNAVAILABLE = "The Playhead server does not answer. Retry in a moment.";

export interface UploadDependencies {
  api: Pick<VideoApi, "createUpload" | "getUpload" | "cancelUpload">;
  startTransfer(file: File, url: string, events: TransferEvents): Transfer;
  /** Of this page: who may send, as the upload's CORS origin. */
  origin: string;
  nowMs(): number;
  wait(ms: number): Promise<void>;
}

/** The page's uploads: a store of its own, so that they outlive the page that began them. */
export interface Uploads {
  get(): readonly Upload[];
  subscribe(listener: () => void): () => void;
  add(files: Iterable<File>): void;
  /** Stops an unfinished upload, or forgets one that has ended. */
  cancel(key: number): void;
  /** Sends a failed file again from its beginning. */
  retry(key: number): void;
}

interface Running {
  file: File;
  transfer: Transfer | null;
  /** The server's id. */
  uploadId: string | null;
  samples: readonly TransferSample[];
  drawnMs: number;
}

export function createUploads({ api, startTransfer, origin, nowMs, wait }: UploadDependencies): Uploads {
  const listeners = new Set<() => void>();
  const running = new Map<number, Running>();
  let uploads: readonly Upload[] = [];
  let made = 0;

  const publish = (next: readonly Upload[]) => {
    uploads = next;
    for (const listener of listeners) listener();
  };
  const setState = (key: number, state: UploadState) => {
    publish(uploads.map((upload) => (upload.key === key ? { ...upload, state } : upload)));
    if (state.kind !== "sending") startWaiting();
  };
  const fail = (key: number, messages: readonly string[]) => setState(key, { kind: "failed", messages });

  function startWaiting(): void {
    const sending = uploads.filter(({ state }) => state.kind === "sending").length;
    const waiting = uploads.filter(({ state }) => state.kind === "waiting");
    for (const upload of waiting.slice(0, Math.max(0, SENDING_AT_ONCE - sending))) void send(upload);
  }

  async function send({ key, title, sizeBytes }: Upload): Promise<void> {
    const own = running.get(key);
    if (own === undefined) return;
    own.samples = [{ atMs: nowMs(), sentBytes: 0 }];
    setState(key, { kind: "sending", sentBytes: 0, bytesPerSecond: null, remainingMs: null, paused: false });
    const answer = await api.createUpload({ corsOrigin: origin, title });
    if (running.get(key) !== own) return cancelOnServer(answer);
    if (answer.kind !== "ok") return fail(key, reasons(answer));
    if (answer.value.url === null) return fail(key, [UNAVAILABLE]);
    own.uploadId = answer.value.id;
    own.transfer = startTransfer(own.file, answer.value.url, {
      onProgress: (sentBytes) => showProgress(key, own, sizeBytes, sentBytes, false),
      onPause: () => showProgress(key, own, sizeBytes, own.samples.at(-1)?.sentBytes ?? 0, true),
      onFailure: (message) => running.get(key) === own && fail(key, [message]),
      onSuccess: () => void awaitAsset(key, own, answer.value.id),
    });
  }

  function showProgress(key: number, own: Running, sizeBytes: number, sentBytes: number, paused: boolean): void {
    const atMs = nowMs();
    if (running.get(key) !== own || (!paused && atMs - own.drawnMs < REDRAW_MS)) return;
    own.samples = paused ? [{ atMs, sentBytes }] : withSample(own.samples, { atMs, sentBytes });
    own.drawnMs = atMs;
    const bytesPerSecond = transferRate(own.samples);
    const left = remainingMs(sizeBytes, sentBytes, bytesPerSecond);
    setState(key, { kind: "sending", sentBytes, bytesPerSecond, remainingMs: left, paused });
  }

  async function awaitAsset(key: number, own: Running, uploadId: string): Promise<void> {
    if (running.get(key) !== own) return;
    setState(key, { kind: "arrived" });
    let isSignedOut = false;
    for (let question = 0; question < MOST_QUESTIONS; question += 1) {
      const answer = await api.getUpload(uploadId);
      isSignedOut = answer.kind === "signed_out"; // asked on: somebody may sign in again, in another tab
      if (running.get(key) !== own) return;
      if (answer.kind === "ok") {
        const { status, assetId, error } = answer.value;
        if (assetId !== null) return setState(key, { kind: "created", assetId, atMs: nowMs() });
        if (status !== "waiting") return fail(key, [error ?? "The server gave this upload up. Retry it."]);
      } else if (answer.kind !== "unavailable" && !isSignedOut) return fail(key, reasons(answer));
      await wait(ASK_EVERY_MS);
    }
    fail(key, [isSignedOut ? ARRIVED_SIGNED_OUT : "The file arrived, but the server made no video of it. Retry it."]);
  }

  function cancelOnServer(answer: ApiAnswer<DirectUpload>): void {
    if (answer.kind === "ok") void api.cancelUpload(answer.value.id);
  }

  return {
    get: () => uploads,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add: (files) => {
      const added = Array.from(files, (file): Upload => {
        made += 1;
        running.set(made, { file, transfer: null, uploadId: null, samples: [], drawnMs: 0 });
        const state: UploadState =
          file.size > 0 ? { kind: "waiting" } : { kind: "failed", messages: ["This file is empty, or a folder."] };
        return { key: made, title: titleOf(file.name), sizeBytes: file.size, state };
      });
      publish([...added, ...uploads]);
      startWaiting();
    },
    cancel: (key) => {
      const own = running.get(key);
      const upload = uploads.find((one) => one.key === key);
      running.delete(key);
      own?.transfer?.abort();
      if (own?.uploadId && upload && isUnfinished(upload)) void api.cancelUpload(own.uploadId);
      publish(uploads.filter((one) => one.key !== key));
      startWaiting();
    },
    retry: (key) => {
      const own = running.get(key);
      if (own === undefined) return;
      own.transfer?.abort();
      running.set(key, { file: own.file, transfer: null, uploadId: null, samples: [], drawnMs: 0 });
      setState(key, { kind: "waiting" });
    },
  };
}

function reasons(answer: Exclude<ApiAnswer<DirectUpload>, { kind: "ok" }>): readonly string[] {
  if (answer.kind === "refused") return answer.messages;
  if (answer.kind === "signed_out") return [SIGNED_OUT];
  return answer.kind === "not_found" ? ["The server no longer knows this upload. Retry it."] : [UNAVAILABLE];
}
