import { setTimeout as sleep } from "node:timers/promises";
import { Counter, Gauge, Histogram } from "prom-client";
import { z } from "zod";
import { type ClickHouse, ClickHouseError } from "../../platform/clickhouse/clickhouse.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Metrics } from "../../platform/observability/metrics.ts";
import { duePartitions, isOffPeak, MERGED_TABLES, type PartitionParts } from "./due-partitions.ts";

/** Between two looks at what is due. */
const LOOK_MS = 10 * 60_000;
/** A partition of one merged part is left alone; one that cannot be merged, since a part of it is being merged, say, is an error. */
const MERGE = { optimize_skip_merged_partitions: 1, optimize_throw_if_noop: 1 } as const;
/** A merge writes the whole partition anew before the old parts go. */
const ROOM_FACTOR = 2;

export interface NightlyMergeDeps {
  clickhouse: ClickHouse;
  log: Logger;
  metrics: Metrics;
  nowMs: () => number;
  /** Of several collectors one does this: asked before every partition. Two at once would only do work twice. */
  isLeader: () => boolean;
  /** 0..23. */
  hourUtc: number;
}

export interface NightlyMerge {
  /** Looks every ten minutes for what is due. */
  start(): void;
  /** Merges what is due, one partition after the other, while the night lasts. Never rejects but by `signal`. */
  round(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes one part of every closed partition, in which each row stands once: reading the newest versions costs nothing more
 * then (docs/schema.md). Safe to run twice and to be killed, since the engine puts the new part in place at once or not at all.
 */
export function createNightlyMerge(deps: NightlyMergeDeps): NightlyMerge {
  const round = createRound(deps);
  const closing = new AbortController();
  const { signal } = closing;
  let running: Promise<void> | null = null;
  const run = async () => {
    while (!signal.aborted) {
      await round(signal);
      await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  return {
    start: () => {
      running ??= run();
    },
    round,
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

const Parts = z.object({
  table: z.string(),
  partition: z.string(),
  parts: z.number(),
  least_level: z.number(),
  rows: z.number(),
  bytes: z.number(),
});

const PARTS_SQL = `
SELECT table, partition, toFloat64(count()) AS parts, toFloat64(min(level)) AS least_level,
  toFloat64(sum(p.rows)) AS rows, toFloat64(sum(bytes_on_disk)) AS bytes
FROM system.parts AS p
WHERE database = currentDatabase() AND active AND table IN {tables: Array(String)}
GROUP BY table, partition`;

function createRound(deps: NightlyMergeDeps): (signal: AbortSignal) => Promise<void> {
  const { clickhouse, log, nowMs, isLeader, hourUtc } = deps;
  const counters = createMergeMetrics(deps.metrics);
  const mayWork = () => isLeader() && isOffPeak(nowMs(), hourUtc);

  async function merge({ table, partition, parts, rows, bytes }: PartitionParts, signal: AbortSignal): Promise<void> {
    if ((await freeBytes(clickhouse, signal)) < bytes * ROOM_FACTOR) {
      counters.merges.inc({ table, outcome: "no_room" });
      log.warn({ table, partition, bytes }, "no room on the disk to merge a partition");
      return;
    }
    const stop = counters.seconds.startTimer({ table });
    try {
      // the names come from the store's own list of our tables
      await clickhouse.command(`OPTIMIZE TABLE ${table} PARTITION '${partition}' FINAL`, { settings: MERGE, signal });
      counters.merges.inc({ table, outcome: "merged" });
      log.info({ table, partition, parts, rows, seconds: Math.round(stop()) }, "partition merged");
    } catch (error) {
      stop();
      if (!isOfThisPartition(error)) throw error;
      counters.merges.inc({ table, outcome: "failed" });
      log.warn({ err: error, table, partition }, "a partition cannot be merged, going on with the others");
      return;
    }
    counters.due.dec();
  }

  return async (signal) => {
    try {
      if (!mayWork()) return;
      const all = await clickhouse.query(PARTS_SQL, { tables: MERGED_TABLES }, Parts, { signal, name: "parts" });
      const due = duePartitions(all, nowMs());
      counters.due.set(due.length);
      for (const partition of due) {
        if (signal.aborted || !mayWork()) return;
        await merge(partition, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      counters.merges.inc({ table: "", outcome: "failed" });
      log.warn({ err: error }, "closed partitions not merged, trying again later");
    }
  };
}

/** The engine was there and said no: a damaged part, say, which must not hold up the partitions behind it every night. */
function isOfThisPartition(error: unknown): boolean {
  return error instanceof ClickHouseError && error.code !== null;
}

async function freeBytes(clickhouse: ClickHouse, signal: AbortSignal): Promise<number> {
  const Free = z.object({ bytes: z.number() });
  const sql = "SELECT toFloat64(min(unreserved_space)) AS bytes FROM system.disks";
  const [row] = await clickhouse.query(sql, {}, Free, { signal, name: "free space" });
  return row?.bytes ?? 0;
}

function createMergeMetrics(metrics: Metrics) {
  const registers = [metrics];
  return {
    merges: new Counter({
      name: "playhead_store_merges_total",
      help: "Closed partitions that the night's work merged, had no room for, or failed at",
      labelNames: ["table", "outcome"],
      registers,
    }),
    seconds: new Histogram({
      name: "playhead_store_merge_seconds",
      help: "Duration of one partition's merge, failed ones included",
      labelNames: ["table"],
      buckets: [1, 5, 15, 60, 300, 900, 3_600],
      registers,
    }),
    due: new Gauge({
      name: "playhead_store_partitions_due",
      help: "Closed partitions that still have to be merged, as last looked at",
      registers,
    }),
  };
}
