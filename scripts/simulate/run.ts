import { DEFAULT_OPTIONS, type SimulationOptions } from "../../domain/simulation/options.ts";
import { createSimulation, type Simulation } from "../../domain/simulation/simulation.ts";
import type { SendAction } from "../../domain/simulation/transport.ts";
import type { ViewTruth } from "../../domain/simulation/view-truth.ts";
import { createPoster, type Poster } from "./post.ts";
import { loopbackAddress } from "./running-system.ts";

export interface SimulationRun {
  /** host:port on this machine. */
  collector: string;
  envKey: string;
  options?: Partial<Omit<SimulationOptions, "environmentKey" | "collectionDomain">>;
  /** Aborted: everybody leaves at once, what is under way is finished. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  progressEveryMs?: number;
}

/** What has been sent so far. */
export interface Counts {
  requests: number;
  /** Requests answered with 2xx. */
  acknowledged: number;
  /** Requests answered otherwise. */
  refused: number;
  /** Requests without an answer. */
  unanswered: number;
  /** Events in all requests, repeats included. */
  events: number;
  bodyBytes: number;
}

export interface Progress extends Counts {
  elapsedMs: number;
  totalMs: number;
  /** Concurrent viewers now. */
  watching: number;
  /** Requests per second since the last report. */
  requestsPerSecond: number;
  lastError: string | null;
}

export interface SimulationResult extends Counts {
  options: SimulationOptions;
  startedAtMs: number;
  endedAtMs: number;
  /** Requests that failed, for whatever reason. */
  failed: number;
  lastError: string | null;
  truth: ViewTruth[];
}

/** Viewers whose moments lie closer together are woken together. */
const WAKE_MS = 20;
/** How long the last requests may take after all have left. */
const DRAIN_MS = 35_000;
const LONGEST_SLEEP_MS = 1_000;

/** Lives a simulation in real time against a running collector. Rejects only for a collector not on this machine. */
export async function runSimulation(run: SimulationRun): Promise<SimulationResult> {
  const { collector, envKey, signal } = run;
  const poster = createPoster(loopbackAddress(collector));
  const options = { ...DEFAULT_OPTIONS, ...run.options, environmentKey: envKey, collectionDomain: collector };
  const startedAtMs = Date.now();
  const sender = new Sender(createSimulation(options, startedAtMs), poster);
  const stopReports = reportProgress(run, sender, options, startedAtMs);
  try {
    await live(sender, startedAtMs + options.durationMs, signal);
  } finally {
    stopReports();
    poster.close();
  }
  const { counts, lastError, simulation } = sender;
  const endedAtMs = Date.now();
  const failed = counts.refused + counts.unanswered;
  return { ...counts, failed, lastError, options, startedAtMs, endedAtMs, truth: simulation.truth(endedAtMs) };
}

async function live(sender: Sender, leaveAtMs: number, signal: AbortSignal | undefined): Promise<void> {
  let deadlineMs = leaveAtMs + DRAIN_MS;
  let left = false;
  while (!sender.isOver() && Date.now() < deadlineMs) {
    if (signal?.aborted === true && !left) {
      left = true;
      deadlineMs = Math.min(deadlineMs, Date.now() + DRAIN_MS);
      sender.leaveAll();
    }
    sender.sendDue();
    await sender.sleep(left ? undefined : signal);
  }
}

/** Carries requests to the collector and their answers back to the viewers. */
class Sender {
  readonly simulation: Simulation;
  readonly counts: Counts = { requests: 0, acknowledged: 0, refused: 0, unanswered: 0, events: 0, bodyBytes: 0 };
  lastError: string | null = null;
  readonly #poster: Poster;
  #underWay = 0;
  #sleep = { untilMs: 0, end: () => {} };

  constructor(simulation: Simulation, poster: Poster) {
    this.simulation = simulation;
    this.#poster = poster;
  }

  isOver(): boolean {
    return (
      this.#underWay === 0 && this.simulation.nextActionAt() === Number.POSITIVE_INFINITY && this.simulation.isOver()
    );
  }

  sendDue(): void {
    for (const action of this.simulation.advance(Date.now())) void this.#send(action);
  }

  leaveAll(): void {
    for (const action of this.simulation.leaveAll(Date.now())) void this.#send(action);
  }

  /** Until the next viewer has something to do; an answer or the signal ends it early. */
  sleep(signal: AbortSignal | undefined): Promise<void> {
    const nowMs = Date.now();
    const forMs = Math.max(WAKE_MS, Math.min(this.simulation.nextActionAt() - nowMs, LONGEST_SLEEP_MS));
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, forMs);
      signal?.addEventListener("abort", wake, { once: true });
      this.#sleep = { untilMs: nowMs + forMs, end: wake };
    });
  }

  async #send(action: SendAction): Promise<void> {
    this.#underWay += 1;
    this.counts.requests += 1;
    this.counts.events += action.events;
    this.counts.bodyBytes += action.body.length;
    const { accepted, status, error } = await this.#poster.post(action.headers, action.body);
    this.#underWay -= 1;
    const nowMs = Date.now();
    if (accepted) {
      this.counts.acknowledged += 1;
      this.simulation.acknowledge(action, nowMs);
    } else {
      if (status === null) this.counts.unanswered += 1;
      else this.counts.refused += 1;
      this.lastError = error ?? `HTTP ${status}`;
      this.simulation.fail(action, nowMs);
    }
    if (this.#underWay === 0 || this.simulation.nextActionAt() < this.#sleep.untilMs) this.#sleep.end();
  }
}

function reportProgress(
  run: SimulationRun,
  sender: Sender,
  options: SimulationOptions,
  startedAtMs: number,
): () => void {
  const { onProgress, progressEveryMs = 1_000 } = run;
  if (onProgress === undefined) return () => {};
  let last = { atMs: startedAtMs, requests: 0 };
  const timer = setInterval(() => {
    const nowMs = Date.now();
    const { requests } = sender.counts;
    const requestsPerSecond = ((requests - last.requests) * 1_000) / Math.max(1, nowMs - last.atMs);
    last = { atMs: nowMs, requests };
    onProgress({
      ...sender.counts,
      elapsedMs: nowMs - startedAtMs,
      totalMs: options.durationMs,
      watching: sender.simulation.watching(),
      requestsPerSecond,
      lastError: sender.lastError,
    });
  }, progressEveryMs);
  return () => clearInterval(timer);
}
