import { cpuSeconds } from "../measure/cpu-seconds.ts";
import { distributionOf } from "../measure/distribution.ts";

export interface Measured {
  p50Ms: number;
  p95Ms: number;
  /** Processor time of an answer, of the processes that work on it. */
  cpuMs: number;
  /** And of those between the asker and them. */
  besideCpuMs: number;
}

export interface MeasureOptions {
  atOnce: number;
  /** Processes that work on the answer. */
  pids: readonly number[];
  /** Processes between the asker and those. */
  besides?: readonly number[];
  /** Answers are not more than this. */
  mostTimes?: number;
}

/** Enough for a p95 that one stray neighbour does not decide, and for processor time in steps of 10 ms. */
const LEAST_TIMES = 5;
const LEAST_TOTAL_MS = 400;
const MOST_TIMES = 40;

/** Asks again and again, so many at a time. */
export async function measureAsking(
  ask: () => Promise<unknown>,
  { atOnce, pids, besides = [], mostTimes = MOST_TIMES }: MeasureOptions,
): Promise<Measured> {
  const tookMs: number[] = [];
  const startedMs = performance.now();
  const cpuAtStart = [pids, besides].map(cpuOf);
  const isEnough = () =>
    tookMs.length >= mostTimes ||
    (tookMs.length >= LEAST_TIMES * atOnce && performance.now() - startedMs >= LEAST_TOTAL_MS * atOnce);
  const asker = async () => {
    while (!isEnough()) {
      const askedMs = performance.now();
      await ask();
      tookMs.push(performance.now() - askedMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, asker));
  const [cpuMs = 0, besideCpuMs = 0] = [pids, besides].map((each, at) => {
    return ((cpuOf(each) - (cpuAtStart[at] ?? 0)) * 1_000) / tookMs.length;
  });
  const { p50, p95 } = distributionOf(tookMs);
  return { p50Ms: p50, p95Ms: p95, cpuMs, besideCpuMs };
}

function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}
