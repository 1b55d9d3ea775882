import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../observability/logger.ts";
import { type EventLog, LogUnavailableError, type LogWriter } from "./eventlog.ts";

const RETRY_MS = 1_000;

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
): Promise<LogWriter> {
  const closing = new AbortController();
  let writer: LogWriter | null = await tryOpen(eventlog, topic, log);

  const opening = (async () => {
    while (writer === null && !closing.signal.aborted) {
      await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (!closing.signal.aborted) writer = await tryOpen(eventlog, topic, log);
    }
  })();
  opening.catch((error: unknown) => log.error({ err: error, topic }, "topic cannot be opened"));
  return {
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

async function tryOpen(eventlog: EventLog, topic: string, log: Logger): Promise<LogWriter | null> {
  try {
    return await eventlog.openWriter(topic);
  } catch (error) {
    if (!(error instanceof LogUnavailableError)) throw error;
    log.warn({ err: error, topic }, "topic cannot be opened now, trying on");
    return null;
  }
}
