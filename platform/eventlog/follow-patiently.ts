import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../observability/logger.ts";
import { type EventLog, type Followed, LogUnavailableError } from "./eventlog.ts";

const RETRY_MS = 1_000;

export interface PatientFollowing {
  topic: string;
  partition: number;
  signal: AbortSignal;
  log: Logger;
  /** Records that were told before come again after trouble. */
  onFollowed: (followed: Followed) => void;
  /** The log could not be read, this time. */
  onTrouble?: () => void;
  retryMs?: number;
}

/** Follows a partition until the signal aborts, from its beginning again whenever the log could not be read. */
export async function followPatiently(eventlog: EventLog, following: PatientFollowing): Promise<void> {
  const { topic, partition, signal, log, onFollowed, onTrouble, retryMs = RETRY_MS } = following;
  while (!signal.aborted) {
    try {
      for await (const followed of eventlog.follow(topic, partition, signal)) onFollowed(followed);
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error;
      log.warn({ err: error, topic }, "topic cannot be followed now, trying on");
      onTrouble?.();
    }
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
  }
}
