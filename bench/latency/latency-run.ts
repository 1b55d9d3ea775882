import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { SubscribeWire } from "../../domain/monitoring/socket-wire.ts";
import { type Progress, runSimulation } from "../../scripts/simulate/run.ts";
import { startChild } from "../measure/child.ts";
import { type Stack, startStack } from "../stack/stack.ts";
import { type Browser, openBrowser, type PageNews } from "./browser.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { MARKED } from "./mark.ts";
import { MarkBook } from "./mark-book.ts";
import { createSender } from "./send.ts";
import { type Spent, spentBetween, usage } from "./usage.ts";

export interface LatencyRun {
  viewers: number;
  /** The ramp included. */
  seconds: number;
  onProgress: (line: string) => void;
}

export interface LatencyResult extends Figures, Spent {
  viewers: number;
  failedRequests: number;
  /** The page's clock minus ours, before and after; the first is taken off. */
  clockOffsetMs: [number, number];
  /** How exactly that is known. */
  clockWithinMs: number;
  loadAverage: number;
  browser: string;
  /** What the page complained of: any of it voids the run. */
  trouble: string[];
}

const KEY = "latency0000000000000000001";
const RAMP_MS = 20_000;
const DRAIN_MS = 250;
/** A mark that the browser has not seen this long after the last one was sent is lost. */
const PATIENCE_MS = 15_000;
const TOKEN_REFRESH_MS = 120_000;

/**
 * What the page asks for: the four breakdowns of the dashboard, and the marked views by title. The second is there
 * because a breakdown shows only its 20 busiest values, where one viewer among hundreds would never be.
 */
const SUBSCRIPTIONS: SubscribeWire[] = [
  { id: "dashboard", breakdowns: ["video_title", "country", "device_category", "cdn"] },
  { id: MARKED, filters: [{ dimension: "sub_property_id", values: [MARKED] }], breakdowns: ["video_title"] },
];

const clock = () => performance.timeOrigin + performance.now();

/** Simulated viewers, one marked view a second, and a real browser that waits for it. */
export async function runLatency(run: LatencyRun): Promise<LatencyResult> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const stack = await startStack({ environmentKeys: [KEY] });
    closing.push(() => stack.stop());
    const floor = await startChild(new URL("floor-server.ts", import.meta.url));
    closing.push(() => floor.child.stop());
    const browser = await openBrowser();
    closing.push(() => browser.close());
    const sender = createSender();
    closing.push(async () => sender.close());
    const targets = {
      envKey: KEY,
      collectorPort: stack.ports.collector,
      floorPort: (floor.first as { port: number }).port,
    };
    return await measure(run, stack, browser, new MarkBook(sender, targets, clock), targets.floorPort);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function measure(
  run: LatencyRun,
  stack: Stack,
  browser: Browser,
  book: MarkBook,
  floorPort: number,
): Promise<LatencyResult> {
  await browser.watch({
    socketUrl: `http://127.0.0.1:${stack.ports.socket}`,
    token: await stack.socketToken(1 as EnvironmentId),
    floorUrl: `http://127.0.0.1:${floorPort}`,
    subscriptions: SUBSCRIPTIONS,
  });
  const before = await browser.clockOffsetMs(clock);
  run.onProgress(`clocks ${before.offsetMs.toFixed(2)} ms apart, within ${before.withinMs.toFixed(2)} ms`);
  const watched = new WatchedPage(browser, stack, book, before.offsetMs);

  const leave = new AbortController();
  const audience = new Audience(run, stack.collector, leave.signal);
  try {
    run.onProgress(`${run.viewers} viewers come within ${RAMP_MS / 1_000} s`);
    await watched.during(RAMP_MS);
    const atStart = await usage(stack, audience.requests + book.requests);
    await sendMarks(run, watched, book, audience);
    const atEnd = await usage(stack, audience.requests + book.requests);
    await watched.untilAllSeen(PATIENCE_MS);
    const after = await browser.clockOffsetMs(clock);
    leave.abort();
    const failedRequests = await audience.left();
    await book.settled();
    return {
      viewers: run.viewers,
      ...figuresOf(book.entries(), watched.messages),
      ...spentBetween(atStart, atEnd),
      failedRequests,
      clockOffsetMs: [before.offsetMs, after.offsetMs],
      clockWithinMs: Math.max(before.withinMs, after.withinMs),
      loadAverage: loadavg()[0] ?? Number.NaN,
      browser: browser.version,
      trouble: watched.trouble,
    };
  } finally {
    leave.abort();
    await audience.left().catch(() => undefined);
  }
}

/** One marked view a second, and half a second later the same to the floor. */
async function sendMarks(run: LatencyRun, watched: WatchedPage, book: MarkBook, audience: Audience): Promise<void> {
  const count = Math.max(1, Math.round(run.seconds - RAMP_MS / 1_000));
  const firstMs = clock();
  for (let mark = 0; mark < count; mark += 1) {
    await watched.during(firstMs + mark * 1_000 - clock());
    book.start();
    await watched.during(firstMs + mark * 1_000 + 500 - clock());
    book.startFloor();
    if (mark % 10 === 9) run.onProgress(`${audience.line()}, ${progressOf(book)}`);
  }
  await watched.during(firstMs + count * 1_000 - clock());
}

function progressOf(book: MarkBook): string {
  const { p50, max, count } = figuresOf(book.entries(), []).latency;
  return `${count} of ${book.entries().length} marks seen, p50 ${p50.toFixed(0)} ms, max ${max.toFixed(0)} ms`;
}

/** The simulated viewers. */
class Audience {
  readonly #over: ReturnType<typeof runSimulation>;
  #progress: Progress | null = null;

  constructor({ viewers, seconds }: LatencyRun, collector: string, signal: AbortSignal) {
    this.#over = runSimulation({
      collector,
      envKey: KEY,
      options: { viewers, rampMs: RAMP_MS, durationMs: seconds * 1_000 + RAMP_MS + PATIENCE_MS },
      signal,
      progressEveryMs: 500,
      onProgress: (progress) => {
        this.#progress = progress;
      },
    });
    this.#over.catch(() => undefined); // told by left()
  }

  get requests(): number {
    return this.#progress?.requests ?? 0;
  }

  line(): string {
    const { elapsedMs = 0, watching = 0, requests = 0 } = this.#progress ?? {};
    return `${Math.round(elapsedMs / 1_000)} s, ${watching} watching, ${requests} requests`;
  }

  /** Resolves with the number of failed requests when all have gone. */
  async left(): Promise<number> {
    return (await this.#over).failed;
  }
}

/** Reads what the page has seen, often enough that seen marks are ended soon. */
class WatchedPage {
  readonly messages: PageNews["messages"] = [];
  readonly trouble: string[] = [];
  readonly #browser: Browser;
  readonly #stack: Stack;
  readonly #book: MarkBook;
  readonly #offsetMs: number;
  #refreshAtMs = clock() + TOKEN_REFRESH_MS;

  constructor(browser: Browser, stack: Stack, book: MarkBook, offsetMs: number) {
    this.#browser = browser;
    this.#stack = stack;
    this.#book = book;
    this.#offsetMs = offsetMs;
  }

  async during(ms: number): Promise<void> {
    const untilMs = clock() + ms;
    for (let leftMs = ms; leftMs > 0; leftMs = untilMs - clock()) {
      await sleep(Math.min(leftMs, DRAIN_MS));
      await this.#look();
    }
  }

  async untilAllSeen(patienceMs: number): Promise<void> {
    const untilMs = clock() + patienceMs;
    while (!this.#book.allSeen() && clock() < untilMs) {
      await sleep(DRAIN_MS);
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    const news = await this.#browser.drain();
    this.messages.push(...news.messages.map((message) => ({ ...message, atMs: message.atMs - this.#offsetMs })));
    this.trouble.push(...news.trouble);
    this.#book.note(news, this.#offsetMs);
    this.#book.endThoseSeen();
    if (clock() < this.#refreshAtMs) return;
    this.#refreshAtMs = clock() + TOKEN_REFRESH_MS;
    await this.#browser.refreshToken(await this.#stack.socketToken(1 as EnvironmentId));
  }
}
