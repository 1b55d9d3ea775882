import type { Course } from "./course.ts";
import type { Random } from "./random.ts";

/** An event that waits to be sent, already written. */
export interface QueuedEvent {
  course: Course;
  sequence: number;
  json: string;
}

/** The SDK's queue of one page (data-wire.md §2.5, §2.6). */
export interface Outbox {
  queue: QueuedEvent[];
  /** One request at a time. */
  inFlight: { batch: QueuedEvent[]; sentAtMs: number } | null;
  /** Answers other than 2xx since the last 2xx. */
  failures: number;
  /** A flush was asked for while a request was under way. */
  flushWanted: boolean;
  /** How long the last request took; null on the first of a page. */
  rttMs: number | null;
  /** The page is gone: what fails now is lost. */
  closed: boolean;
}

export const MAX_EVENTS_PER_SEND = 300;
export const FLUSH_INTERVAL_MS = 10_000;

export function createOutbox(): Outbox {
  return { queue: [], inFlight: null, failures: 0, flushWanted: false, rttMs: null, closed: false };
}

/** Takes the oldest events for one request; null when nothing waits or a request is under way. */
export function takeBatch(outbox: Outbox, nowMs: number): QueuedEvent[] | null {
  if (outbox.queue.length === 0) return null;
  if (outbox.inFlight !== null) {
    outbox.flushWanted = true;
    return null;
  }
  const batch = outbox.queue.splice(0, MAX_EVENTS_PER_SEND);
  outbox.inFlight = { batch, sentAtMs: nowMs };
  return batch;
}

/** The request under way was answered; without a 2xx its events go back to the head. True when a flush is due now. */
export function settleBatch(outbox: Outbox, accepted: boolean, nowMs: number): boolean {
  const { inFlight } = outbox;
  if (inFlight === null) return false;
  outbox.inFlight = null;
  outbox.rttMs = Math.max(0, Math.round(nowMs - inFlight.sentAtMs));
  outbox.failures = accepted ? 0 : outbox.failures + 1;
  if (outbox.closed) return false;
  if (!accepted) outbox.queue.unshift(...inFlight.batch);
  const due = outbox.flushWanted;
  outbox.flushWanted = false;
  return due && outbox.queue.length > 0;
}

/** Time to the next tick: 10 s, and (1 + r·2^(n−1)) times that after n failures. No limit, as in the SDK. */
export function tickDelayMs(outbox: Outbox, random: Random): number {
  if (outbox.failures === 0) return FLUSH_INTERVAL_MS;
  return Math.round((1 + random.unit() * 2 ** (outbox.failures - 1)) * FLUSH_INTERVAL_MS);
}

/** @param clientNowMs the client's clock at sending */
export function requestBody(batch: readonly QueuedEvent[], clientNowMs: number, rttMs: number | null): string {
  const metadata = { transmission_timestamp: clientNowMs, ...(rttMs === null ? {} : { rtt_ms: rttMs }) };
  return `{"metadata":${JSON.stringify(metadata)},"events":[${batch.map(({ json }) => json).join(",")}]}`;
}
