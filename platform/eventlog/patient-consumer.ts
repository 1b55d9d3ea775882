import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../observability/logger.ts";
import {
  type Assignment,
  type ConsumerHandlers,
  type EventLog,
  type LogConsumer,
  LogUnavailableError,
  NotHeldError,
} from "./eventlog.ts";

const RETRY_MS = 1_000;

export interface PatientConsumer extends LogConsumer {
  /** Why the group cannot be joined, or a partition not be taken up now; null when nothing is in the way. */
  trouble(): string | null;
}

/**
 * A consumer that may join later: on a full disk joining fails, and then the program must say so and wait rather than end.
 * Resolves after the first attempt; until one succeeds it holds nothing. `assigned` is called again while it rejects with
 * LogUnavailableError. What goes wrong otherwise is told to `failed`.
 */
export async function openPatientConsumer(
  eventlog: EventLog,
  { topic, group, log, retryMs = RETRY_MS }: { topic: string; group: string; log: Logger; retryMs?: number },
  handlers: ConsumerHandlers,
): Promise<PatientConsumer> {
  const closing = new AbortController();
  let consumer: LogConsumer | null = null;
  let trouble: string | null = null;

  async function join(): Promise<void> {
    try {
      consumer = await eventlog.subscribe(topic, group, { ...handlers, assigned });
      trouble = null;
    } catch (error) {
      note(error);
    }
  }

  async function assigned(assignment: Assignment): Promise<void> {
    const { revoked: signal } = assignment;
    while (!signal.aborted) {
      try {
        await handlers.assigned(assignment);
        trouble = null;
        return;
      } catch (error) {
        note(error);
      }
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  function note(error: unknown): void {
    if (!(error instanceof LogUnavailableError)) throw error;
    if (trouble === null) log.warn({ err: error, topic, group }, "log cannot be read now, trying on");
    trouble = error.message;
  }

  await join();
  const joining = (async () => {
    while (consumer === null && !closing.signal.aborted) {
      await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (!closing.signal.aborted) await join();
    }
  })();
  joining.catch((error: unknown) => handlers.failed(error instanceof Error ? error : new Error(String(error))));
  return {
    trouble: () => trouble,
    commit: async (partition, offset) => {
      if (consumer === null) throw new NotHeldError(partition);
      await consumer.commit(partition, offset);
    },
    lag: () => consumer?.lag() ?? new Map(),
    close: async () => {
      closing.abort();
      await joining.catch(() => undefined);
      await consumer?.close();
    },
  };
}
