import { formatByteRate, formatBytes } from "../../../domain/format/format-bytes.ts";
import { formatElapsed } from "../../../domain/format/format-duration.ts";
import { formatShare } from "../../../domain/format/format-ratio.ts";
import type { Upload } from "../../videos/upload-state.ts";

/** "0 s left" would be a promise. */
const LEAST_SHOWN_MS = 1_000;

/** How far an upload is, for people. */
export function describeUpload({ state, sizeBytes }: Upload): string {
  switch (state.kind) {
    case "waiting":
      return `Waiting for its turn, ${formatBytes(sizeBytes)}`;
    case "sending": {
      const sent = `${formatBytes(state.sentBytes)} of ${formatBytes(sizeBytes)}`;
      if (state.paused) return `${sent}. The network is away; the upload goes on when it is back.`;
      const parts = [sent, state.sentBytes > 0 ? formatShare(state.sentBytes, sizeBytes) : null];
      if (state.bytesPerSecond !== null) parts.push(formatByteRate(state.bytesPerSecond));
      if (state.remainingMs !== null) parts.push(`${formatElapsed(Math.max(LEAST_SHOWN_MS, state.remainingMs))} left`);
      return parts.filter((part) => part !== null).join(" · ");
    }
    case "arrived":
    case "created":
      return "Uploaded. Preparing…";
    case "failed":
      return state.messages.join(" ");
  }
}

/** 0..1; null: what happens now has no measure. */
export function uploadRatio({ state, sizeBytes }: Upload): number | null {
  if (state.kind === "waiting") return 0;
  return state.kind === "sending" ? state.sentBytes / sizeBytes : null;
}
