import { z } from "zod";
import type { Question } from "../../domain/monitoring/queries.ts";
import { cpuSeconds } from "../measure/cpu-seconds.ts";
import { distributionOf } from "../measure/distribution.ts";
import type { QueryStore } from "./query-store.ts";

export interface Measured {
  p50Ms: number;
  p95Ms: number;
  /** Processor time of the engine's process, each. */
  cpuMs: number;
}

/** Enough for a p95 that one stray neighbour does not decide, and for processor time in steps of 10 ms. */
const LEAST_TIMES = 5;
const LEAST_TOTAL_MS = 400;
const MOST_TIMES = 40;

const Row = z.record(z.string(), z.unknown());
export type Row = z.output<typeof Row>;

export function answer({ clickhouse }: QueryStore, { sql, params }: Question): Promise<Row[]> {
  return clickhouse.query(sql, params, Row, { settings: { max_execution_time: 120 } });
}

/** Asks again and again, so many at a time. */
export async function measureQuestion(store: QueryStore, question: Question, atOnce: number): Promise<Measured> {
  const tookMs: number[] = [];
  const startedMs = performance.now();
  const cpuAtStart = cpuSeconds(store.pid);
  const isEnough = () =>
    tookMs.length >= MOST_TIMES ||
    (tookMs.length >= LEAST_TIMES * atOnce && performance.now() - startedMs >= LEAST_TOTAL_MS * atOnce);
  const asker = async () => {
    while (!isEnough()) {
      const askedMs = performance.now();
      await answer(store, question);
      tookMs.push(performance.now() - askedMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, asker));
  const cpuMs = ((cpuSeconds(store.pid) - cpuAtStart) * 1_000) / tookMs.length;
  const { p50, p95 } = distributionOf(tookMs);
  return { p50Ms: p50, p95Ms: p95, cpuMs };
}
