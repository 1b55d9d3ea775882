import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../observability/logger.ts";
import { type EventLog, LogUnavailableError, type LogWriter } from "./eventlog.ts";

const RETRY_MS = 1_000;

export interface PatientWriter extends LogWriter {
  /** Why the topic cannot be opened now; null when it is open. */
  trouble(): string | null;
}

/**
 * A writer that may be opened later: on a full disk even opening fails, and then the edge must answer 503 rather than
 * nothing. Resolves after the first attempt; until one succeeds `append` rejects with LogUnavailableError.
 * Rejects when the topic has another writer, which waiting does not change.
 */
export async function openPatientWriter(
  eventlog: EventLog,
  topic: string,
  log: Logger,
  retryMs = RETRY_MS,
): Promise<PatientWriter> {
  const closing = new AbortController();
  let trouble: string | null = null;
  let writer: LogWriter | null = null;

  async function tryOpen(): Promise<void> {
    try {
      writer = await eventlog.openWriter(topic);
      trouble = null;
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error;
      if (trouble === null) log.warn({ err: error, topic }, "topic cannot be opened now, trying on");
      trouble = error.message;
    }
  }

  await tryOpen();

  const opening = (async () => {
    while (writer === null && !closing.signal.aborted) {
      await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (!closing.signal.aborted) await tryOpen();
    }
  })();
  opening.catch((error: unknown) => log.error({ err: error, topic }, "topic cannot be opened"));
  return {
    trouble: () => trouble,
    append: async (records) => {
      if (writer === null) throw new LogUnavailableError(`topic ${topic} is not open yet`);
      await writer.append(records);
    },
    close: async () => {
      closing.abort();
      await opening.catch(() => undefined);
      await writer?.close();
    },
  };
}
