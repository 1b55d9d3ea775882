import { Histogram } from "prom-client";
import type { Logger } from "../observability/logger.ts";
import type { Metrics } from "../observability/metrics.ts";

export interface JobContext {
  /** Aborted when the program stops: throw soon, and the job runs again elsewhere. */
  signal: AbortSignal;
  /** 1 for the first. An attempt in which the program was killed counts too. */
  attempt: number;
  /** What this one does not achieve, nobody will. */
  isLastAttempt: boolean;
  /** The last attempt was killed with its program: this one is there to tell so, not to try once more. */
  isGivenUp?: boolean;
}

/** Fails at once where a job is given up: it may be what kills. For tasks that tell of their last failure. */
export function requireNotGivenUp({ isGivenUp = false }: JobContext): void {
  if (isGivenUp) throw new Error("the program was killed during the job's last attempt");
}

/** Does one job; `payload` is what was added, unchecked. A rejection makes it run again later, with growing delay. */
export type JobTask = (payload: unknown, context: JobContext) => Promise<void>;

export interface JobOfTask {
  task: string;
  id: string;
  attempt: number;
  maxAttempts: number;
  isGivenUp: boolean;
}

const NAME = "playhead_job_seconds";

/** Runs a task once, timing it and logging its failure with cause. */
export type RunTask = (task: JobTask, job: JobOfTask, payload: unknown, signal: AbortSignal) => Promise<void>;

/** @param uncount has an attempt not count that the program's stop cuts short; never rejects */
export function watchTasks(log: Logger, metrics: Metrics, uncount: (job: JobOfTask) => Promise<void>): RunTask {
  const seconds = jobSeconds(metrics);
  return async (task, job, payload, signal) => {
    const { attempt, isGivenUp } = job;
    const isLastAttempt = attempt >= job.maxAttempts;
    const startedAtMs = performance.now();
    const note = (outcome: "done" | "failed" | "gave_up"): void =>
      seconds.observe({ task: job.task, outcome }, (performance.now() - startedAtMs) / 1_000);
    let uncounted: Promise<void> | null = null;
    // At once: what hears of the stop too late fails without coming back here.
    const onAbort = (): void => {
      uncounted = uncount(job);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    try {
      await task(payload, { signal, attempt, isLastAttempt, isGivenUp });
      note("done");
    } catch (error) {
      const isLastFailure = isLastAttempt && !signal.aborted;
      note(isLastFailure ? "gave_up" : "failed");
      const fields = { err: error, task: job.task, jobId: job.id, attempt };
      if (isLastFailure) log.error(fields, "job failed for the last time");
      else if (signal.aborted) log.info(fields, "job stopped with the program; it will run again");
      else log.warn(fields, "job failed; it will run again");
      await uncounted;
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  };
}

/** One of a program, also when it has several workers. */
function jobSeconds(metrics: Metrics): Histogram<"task" | "outcome"> {
  const known = metrics.getSingleMetric(NAME);
  if (known instanceof Histogram) return known;
  return new Histogram({
    name: NAME,
    help: "Time that one attempt at a job took; gave_up: the last one failed",
    labelNames: ["task", "outcome"],
    buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3_600],
    registers: [metrics],
  });
}
