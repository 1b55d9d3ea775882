/** A file on its way to becoming an asset, as the page shows it. */
export interface Upload {
  /** Counted up within this page; the server's upload has an id of its own. */
  key: number;
  title: string;
  sizeBytes: number;
  state: UploadState;
}

export type UploadState =
  /** Its turn has not come. */
  | { kind: "waiting" }
  | SendingState
  /** All bytes are there; the asset is about to be. */
  | { kind: "arrived" }
  /** `atMs`: when that was known, on the page's own clock. */
  | { kind: "created"; assetId: string; atMs: number }
  | { kind: "failed"; messages: readonly string[] };

export interface SendingState {
  kind: "sending";
  sentBytes: number;
  /** Null while unknown. */
  bytesPerSecond: number | null;
  remainingMs: number | null;
  /** The network is away; sending goes on by itself when it is back. */
  paused: boolean;
}

/** True while leaving the page would lose bytes. */
export function isUnfinished({ state }: Upload): boolean {
  return state.kind === "waiting" || state.kind === "sending";
}

/** Of all that is on its way: how much has been sent, 0..1; null when nothing is. */
export function sentRatio(uploads: readonly Upload[]): number | null {
  const moving = uploads.filter(isUnfinished);
  if (moving.length === 0) return null;
  const wholeBytes = moving.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const sentBytes = moving.reduce((sum, { state }) => sum + (state.kind === "sending" ? state.sentBytes : 0), 0);
  return wholeBytes === 0 ? 0 : sentBytes / wholeBytes;
}

/** A file's name without its extension: what a person would call the video. */
export function titleOf(fileName: string): string {
  return fileName.replace(/(?<=.)\.[^.\s]{1,5}$/, "");
}
