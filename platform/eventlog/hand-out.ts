import { setTimeout as sleep } from "node:timers/promises";
import { type ConsumerHandlers, LogUnavailableError, NotHeldError, type StoredRecord } from "./eventlog.ts";

const RETRY_MS = 500;

/** Gives a batch to its handler until it is taken, or the partition is lost. Rejects when the handler fails for good. */
export async function handOut(
  handlers: ConsumerHandlers,
  partition: number,
  batch: readonly StoredRecord[],
  revoked: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      return await handlers.batch(partition, batch);
    } catch (error) {
      if (error instanceof NotHeldError) return;
      if (!(error instanceof LogUnavailableError)) throw error;
      await sleep(RETRY_MS, undefined, { signal: revoked }).catch(() => undefined);
      if (revoked.aborted) return;
    }
  }
}
