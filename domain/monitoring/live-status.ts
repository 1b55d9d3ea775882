import type { Picture } from "./timeline.ts";

/** A server that is alive sends every second; this long without a message means that the line is dead or the server hangs. */
export const SILENCE_MS = 5_000;

/** What the page knows about its line, as it stands at the newest event. Times without another word are the page's clock. */
export interface Line {
  connected: boolean;
  /** When the connection was lost, or first tried; null while connected. */
  lostAtMs: number | null;
  /** Arrival of the newest message of this connection. */
  heardAtMs: number | null;
}

export type LiveStatus =
  /** Nothing to show yet. */
  | { kind: "connecting" }
  | { kind: "live"; behindMs: number }
  /** Connected, but the numbers do not move: `sinceMs` (server clock) is the moment that they show. */
  | { kind: "stalled"; behindMs: number; sinceMs: number }
  /** No connection; the numbers are the last known ones. */
  | { kind: "disconnected"; behindMs: number; sinceMs: number };

/**
 * How far behind the numbers are and why. While live it is the delay that the server states; after that the page's own clock
 * goes on counting, so that silence is never mistaken for calm.
 */
export function liveStatus(line: Line, picture: Picture | null, nowMs: number): LiveStatus {
  if (picture === null) return { kind: "connecting" };
  const silentMs = Math.max(0, nowMs - (line.heardAtMs ?? nowMs));
  const behindMs = picture.delayMs + silentMs;
  if (!line.connected) return { kind: "disconnected", behindMs, sinceMs: picture.asOfMs };
  if (picture.stalled || silentMs >= SILENCE_MS) return { kind: "stalled", behindMs, sinceMs: picture.asOfMs };
  return { kind: "live", behindMs: picture.delayMs };
}
