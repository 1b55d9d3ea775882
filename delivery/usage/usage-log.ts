import { setTimeout as sleep } from "node:timers/promises";
import { type DeliveryRecord, encodeDeliveryRecord } from "../../domain/usage/delivery-record.ts";
import { type LogRecord, LogUnavailableError, type LogWriter } from "../../platform/eventlog/eventlog.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { UsageMetrics } from "./usage-metrics.ts";

/** What was handed to viewers, on its way into topic `deliveries`. */
export interface UsageLog {
  /** Never waits and never fails: playback goes on whatever becomes of the count. */
  add(record: DeliveryRecord): void;
  /** Why records are not written at the moment; null where all is well. */
  trouble(): string | null;
  /** Writes what is there, once, and stops. */
  close(): Promise<void>;
}

export interface UsageLogOptions {
  writer: LogWriter;
  log: Logger;
  metrics: UsageMetrics;
  /** Instead of the usual, for tests. */
  gatherMs?: number;
  maxWaiting?: number;
}

/** A kill loses what waits: at most so much time of it, in favour of who pays. */
const GATHER_MS = 500;
/** Some 400 bytes each: 80 MB; an hour without the log at 50 segments a second, which is 200 viewers. */
const MAX_WAITING = 200_000;
const MAX_PER_APPEND = 5_000;

/**
 * Gathers records and makes them durable together. While the log is away they wait; beyond what may wait they are lost, which
 * a counter says and an error in the log, at the begin and at the end with how much it was.
 */
export function createUsageLog(options: UsageLogOptions): UsageLog {
  const { writer, log, metrics, gatherMs = GATHER_MS, maxWaiting = MAX_WAITING } = options;
  const closing = new AbortController();
  let waiting: DeliveryRecord[] = [];
  let lost = { records: 0, ms: 0 };
  let trouble: string | null = null;
  metrics.watchWaiting(() => waiting.length);

  /** True where the log took all there was. */
  async function write(): Promise<boolean> {
    while (waiting.length > 0) {
      const some = waiting.slice(0, MAX_PER_APPEND);
      try {
        await writer.append(some.map(logRecord));
      } catch (error) {
        if (!(error instanceof LogUnavailableError)) throw error;
        if (trouble === null) log.warn({ err: error }, "delivered seconds cannot be written now, trying on");
        trouble = error.message;
        return false;
      }
      waiting = waiting.slice(some.length);
      metrics.written(some.length);
    }
    trouble = null;
    if (lost.records > 0) log.error(lost, "delivered seconds were lost while the event log was away");
    lost = { records: 0, ms: 0 };
    return true;
  }

  const running = (async () => {
    while (!closing.signal.aborted) {
      await sleep(gatherMs, undefined, { signal: closing.signal }).catch(() => undefined);
      await write();
    }
  })();
  running.catch((error: unknown) => {
    trouble = "it failed";
    log.fatal({ err: error }, "delivered seconds are not written any more");
  });

  return {
    add: (record) => {
      if (waiting.length < maxWaiting) {
        waiting.push(record);
        return;
      }
      if (lost.records === 0) log.error({ waiting: maxWaiting }, "delivered seconds are being lost: no room for more");
      lost = { records: lost.records + 1, ms: lost.ms + record.lengthMs };
      metrics.lost(record.lengthMs);
    },
    trouble: () => trouble,
    close: async () => {
      closing.abort();
      await running.catch(() => undefined);
      if (waiting.length === 0) return;
      const ms = waiting.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
      log.error({ records: waiting.length, ms }, "delivered seconds are lost: the event log is away at the end");
    },
  };
}

function logRecord(record: DeliveryRecord): LogRecord {
  return { partition: 0, key: "", value: Buffer.from(encodeDeliveryRecord(record)), timestampMs: record.atMs };
}
