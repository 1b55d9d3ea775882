import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { MarkBook } from "../latency/mark-book.ts";
import { createSender } from "../latency/send.ts";
import { type Distribution, distributionOf } from "../measure/distribution.ts";
import { type Stack, startStack } from "../stack/stack.ts";
import type { GeneratorOrder, GeneratorProgress, GeneratorResult } from "./order.ts";
import { type Spent, spentBetween, usage } from "./spent.ts";
import { subscribe } from "./subscriber.ts";
import { verify } from "./verify.ts";

export interface PipelineRun {
  viewers: number;
  /** With all viewers there; the ramp comes before. */
  minutes: number;
  onProgress: (line: string) => void;
  /** What the programs write. */
  onLine?: (line: string) => void;
}

export interface PipelineResult {
  viewers: number;
  /** Last byte of a new view's request → the message that shows it, ms. */
  latency: Distribution;
  lostMarks: string[];
  /** `delay_ms` as the messages tell it. */
  delay: Distribution;
  spent: Spent;
  truth: Omit<GeneratorResult, "concurrent">;
  /** What the store told otherwise than the generator knows. */
  differences: string[];
}

const KEY = "pipeline00000000000000001";
const CONNECTIONS = 512;
/** At the least; so many a second come at the most. */
const RAMP_MS = 20_000;
const VIEWERS_PER_SECOND = 250;
const MARK_MS = 1_000;
const PATIENCE_MS = 15_000;

const clock = () => performance.timeOrigin + performance.now();

/** Viewers from a process of its own, one marked view a second, and a subscriber that waits for it. */
export async function runPipeline(run: PipelineRun): Promise<PipelineResult> {
  const stack = await startStack({
    environmentKeys: [KEY],
    ...(run.onLine === undefined ? {} : { onLine: run.onLine }),
  });
  const sender = createSender();
  const book = new MarkBook(sender, { envKey: KEY, collectorPort: stack.ports.collector, floorPort: 0 }, clock);
  const generator = new Generator();
  try {
    return await measure(run, stack, book, generator);
  } finally {
    generator.stop();
    sender.close();
    await stack.stop();
  }
}

async function measure(run: PipelineRun, stack: Stack, book: MarkBook, generator: Generator): Promise<PipelineResult> {
  const seen = (title: string) => book.note({ marks: [{ title, atMs: clock() }], floor: [] }, 0);
  const subscriber = await subscribe(stack, 1 as EnvironmentId, seen);
  const rampMs = Math.max(RAMP_MS, (run.viewers / VIEWERS_PER_SECOND) * 1_000);
  const durationMs = rampMs + run.minutes * 60_000;
  const over = generator.run({
    ...{ port: stack.ports.collector, envKey: KEY, viewers: run.viewers, connections: CONNECTIONS },
    ...{ rampMs, durationMs: durationMs + PATIENCE_MS },
  });
  run.onProgress(`${run.viewers} viewers come within ${Math.round(rampMs / 1_000)} s`);
  await sleep(rampMs);
  const before = usage(stack, generator.pid, generator.requests);
  const delaysFrom = subscriber.delaysMs.length;
  await sendMarks(run, book, generator);
  const spent = spentBetween(before, usage(stack, generator.pid, generator.requests));
  const delay = distributionOf(subscriber.delaysMs.slice(delaysFrom));
  await settle(book);
  const { concurrent, ...truth } = await over;
  await book.settled();
  subscriber.close();
  const differences = await verify(stack, { ...truth, concurrent }, book.entries().length);
  const tookMs = book.entries().flatMap((entry) => {
    return entry.sentAtMs === null || entry.seenAtMs === null ? [] : [entry.seenAtMs - entry.sentAtMs];
  });
  const lostMarks = book.entries().filter(({ seenAtMs }) => seenAtMs === null);
  return {
    viewers: run.viewers,
    latency: distributionOf(tookMs),
    lostMarks: lostMarks.map(({ title }) => title),
    ...{ delay, spent, truth, differences },
  };
}

async function sendMarks(run: PipelineRun, book: MarkBook, generator: Generator): Promise<void> {
  const count = Math.round((run.minutes * 60_000) / MARK_MS);
  const startMs = clock();
  for (let mark = 0; mark < count; mark += 1) {
    await sleep(Math.max(0, startMs + mark * MARK_MS - clock()));
    book.start();
    book.endThoseSeen();
    if (mark % 10 === 9) run.onProgress(`${generator.line()}, ${progressOf(book)}`);
  }
  await sleep(Math.max(0, startMs + count * MARK_MS - clock()));
}

function progressOf(book: MarkBook): string {
  const entries = book.entries();
  const tookMs = entries.flatMap(({ seenAtMs, sentAtMs }) => (seenAtMs && sentAtMs ? [seenAtMs - sentAtMs] : []));
  const { count, p50, max } = distributionOf(tookMs);
  return `${count} of ${entries.length} marks seen, p50 ${p50.toFixed(0)} ms, max ${max.toFixed(0)} ms`;
}

/** Waits for marks on their way, and ends them all: only views that have ended are sure to be in the table. */
async function settle(book: MarkBook): Promise<void> {
  const deadlineMs = clock() + PATIENCE_MS;
  const isDone = () => book.entries().every(({ ended }) => ended);
  while (clock() < deadlineMs + PATIENCE_MS && !isDone()) {
    book.endThoseSeen();
    await sleep(100);
  }
}

/** The process that sends. */
class Generator {
  readonly #process = fork(new URL("generator.ts", import.meta.url), [], { execArgv: [] });
  #progress: GeneratorProgress["progress"] = { watching: 0, requests: 0, failed: 0, waiting: 0 };

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get requests(): number {
    return this.#progress.requests;
  }

  line(): string {
    const { watching, requests, failed, waiting } = this.#progress;
    return `${watching} watching, ${requests} requests, ${failed} failed, ${waiting} waiting`;
  }

  async run(order: GeneratorOrder): Promise<GeneratorResult> {
    const result = new Promise<GeneratorResult>((resolve, reject) => {
      this.#process.on("message", (message: GeneratorProgress | { result: GeneratorResult } | { ready: true }) => {
        if ("progress" in message) this.#progress = message.progress;
        if ("result" in message) resolve(message.result);
      });
      void once(this.#process, "exit").then(([code]) => reject(new Error(`the generator ended with ${code}`)));
    });
    this.#process.send(order);
    return result;
  }

  stop(): void {
    if (this.#process.connected) this.#process.disconnect();
  }
}
