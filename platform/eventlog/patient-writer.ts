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
 * Rejects when the first attempt meets what waiting does not change, such as another writer; later ones say so and go on.
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

  async function tryOpen(): Promise<unknown> {
    try {
      writer = await eventlog.openWriter(topic);
      trouble = null;
      return null;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const level = error instanceof LogUnavailableError ? "warn" : "error";
      if (trouble !== message) log[level]({ err: error, topic }, "topic cannot be opened now, trying on");
      trouble = message;
      return error;
    }
  }

  const failure = await tryOpen();
  if (failure !== null && !(failure instanceof LogUnavailableError)) throw failure;

  const opening = (async () => {
    while (writer === null && !closing.signal.aborted) {
      await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (!closing.signal.aborted) await tryOpen();
    }
  })();
  return {
    trouble: () => trouble,
    append: async (records) => {
      if (writer === null) throw new LogUnavailableError(`topic ${topic} is not open yet`);
      await writer.append(records);
    },
    close: async () => {
      closing.abort();
      await opening;
      await writer?.close();
    },
  };
}
