import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import {
  type EventLog,
  type LogRecord,
  LogUnavailableError,
  type LogWriter,
} from "../../platform/eventlog/eventlog.ts";
import { followPatiently } from "../../platform/eventlog/follow-patiently.ts";
import type { Logger } from "../../platform/observability/logger.ts";

const TOPIC = "views_progress";
/** As often as views stores; the picture is as late as its slowest part. */
const TELL_MS = 250;

/** One process's word: log time, by partition, up to which everything is stored. */
const Told = z.record(z.string().regex(/^\d+$/), z.number());

export interface SharedWatermarkDeps {
  eventlog: EventLog;
  /** Of topic `views_progress`. */
  progress: LogWriter;
  log: Logger;
  partitions: number;
  /** Tells this process's words from those of others; stays over restarts. */
  name: string;
  /** What is stored by this process. */
  own: () => ReadonlyMap<number, number>;
  onFailed: (error: Error) => void;
}

export interface SharedWatermark {
  /** Log time up to which all partitions are stored, by whomever; null while that is not known of each. */
  asOfMs(): number | null;
  close(): Promise<void>;
}

/**
 * Where several processes share the partitions, each tells the others over the log how far it has stored. Who holds all
 * needs nobody and tells nothing. A word of the past stays true: what was stored stays stored.
 */
export function openSharedWatermark(deps: SharedWatermarkDeps): SharedWatermark {
  const { eventlog, log, partitions, own } = deps;
  const closing = new AbortController();
  const heard = new Map<number, number>();
  const following = followPatiently(eventlog, {
    ...{ topic: TOPIC, partition: 0, signal: closing.signal, log },
    onFollowed: ({ records }) => {
      for (const { value } of records) for (const [partition, ms] of read(value)) raise(heard, partition, ms);
    },
  });
  const loops = [following, tellOthers(deps, closing.signal)];
  for (const loop of loops) loop.catch((error: unknown) => deps.onFailed(error as Error));
  return {
    asOfMs: () => {
      const stored = own();
      let least = Number.POSITIVE_INFINITY;
      for (let partition = 0; partition < partitions; partition += 1) {
        const ms = Math.max(stored.get(partition) ?? -1, heard.get(partition) ?? -1);
        if (ms < 0) return null;
        least = Math.min(least, ms);
      }
      return least;
    },
    close: async () => {
      closing.abort();
      await Promise.allSettled(loops);
    },
  };
}

async function tellOthers(
  { progress, partitions, name, own }: SharedWatermarkDeps,
  signal: AbortSignal,
): Promise<void> {
  let told = "";
  while (!signal.aborted) {
    await sleep(TELL_MS, undefined, { signal }).catch(() => undefined);
    const stored = own();
    const text = JSON.stringify(Object.fromEntries(stored));
    if (signal.aborted || stored.size === 0 || stored.size === partitions || text === told) continue;
    const timestampMs = Math.max(...stored.values());
    if (await isTold(progress, { partition: 0, key: name, value: Buffer.from(text), timestampMs })) told = text;
  }
}

/** Nobody waits for this one word: the next says more. */
async function isTold(progress: LogWriter, record: LogRecord): Promise<boolean> {
  try {
    await progress.append([record]);
    return true;
  } catch (error) {
    if (error instanceof LogUnavailableError) return false;
    throw error;
  }
}

function read(value: Buffer): [partition: number, ms: number][] {
  try {
    const told = Told.parse(JSON.parse(value.toString("utf8")));
    return Object.entries(told).map(([partition, ms]) => [Number(partition), ms]);
  } catch {
    return []; // none of ours
  }
}

function raise(heard: Map<number, number>, partition: number, ms: number): void {
  heard.set(partition, Math.max(heard.get(partition) ?? 0, ms));
}
