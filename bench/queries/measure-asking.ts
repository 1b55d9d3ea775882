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

/** Whose processor time an answer is. */
interface Workers {
  /** Processes that work on the answer. */
  pids: readonly number[];
  /** Processes between the asker and those. */
  besides?: readonly number[];
}

export interface MeasureOptions extends Workers {
  atOnce: number;
  /** Answers are not more than this. */
  mostTimes?: number;
}

/** What is asked, and who works on it. */
export interface Asked extends Workers {
  ask: () => Promise<unknown>;
}

/** Enough for a p95 that one stray neighbour does not decide, and for processor time in steps of 10 ms. */
const LEAST_TIMES = 5;
const LEAST_TOTAL_MS = 400;
const MOST_TIMES = 40;

/** Of two that are compared: more, for a busy neighbour must not decide. */
const LEAST_TIMES_IN_TURN = 9;

/** Asks the one and the other, again and again, so that a busy neighbour slows both. */
export async function measureInTurn(one: Asked, other: Asked, mostTimes = MOST_TIMES): Promise<[Measured, Measured]> {
  const [ours, theirs] = [new Samples(one), new Samples(other)];
  const startedMs = performance.now();
  const isEnough = () =>
    ours.count >= mostTimes ||
    (ours.count >= LEAST_TIMES_IN_TURN && performance.now() - startedMs >= 2 * LEAST_TOTAL_MS);
  while (!isEnough()) {
    await ours.take();
    await theirs.take();
  }
  return [ours.measured(), theirs.measured()];
}

/** Answers that were waited for one at a time. */
class Samples {
  readonly #asked: Asked;
  readonly #tookMs: number[] = [];
  #cpuSeconds = 0;
  #besideCpuSeconds = 0;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  get count(): number {
    return this.#tookMs.length;
  }

  async take(): Promise<void> {
    const { ask, pids, besides = [] } = this.#asked;
    const [cpu, besideCpu] = [cpuOf(pids), cpuOf(besides)];
    const askedMs = performance.now();
    await ask();
    this.#tookMs.push(performance.now() - askedMs);
    this.#cpuSeconds += cpuOf(pids) - cpu;
    this.#besideCpuSeconds += cpuOf(besides) - besideCpu;
  }

  measured(): Measured {
    const { p50, p95 } = distributionOf(this.#tookMs);
    const perAnswerMs = (seconds: number) => (seconds * 1_000) / this.count;
    return {
      ...{ p50Ms: p50, p95Ms: p95 },
      ...{ cpuMs: perAnswerMs(this.#cpuSeconds), besideCpuMs: perAnswerMs(this.#besideCpuSeconds) },
    };
  }
}

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
