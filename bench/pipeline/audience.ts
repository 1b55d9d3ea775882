import { randomUUID } from "node:crypto";
import { createRandom } from "../../domain/simulation/random.ts";
import { distributionOf } from "../measure/distribution.ts";
import { Connections } from "./connections.ts";
import type { GeneratorOrder, GeneratorProgress, GeneratorResult } from "./order.ts";
import { type RecordedView, recordedView } from "./recorded-view.ts";
import type { RequestTemplate } from "./request-template.ts";
import { awayFromBucketEnd, Truth } from "./truth.ts";

const USER_AGENT =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
/** The SDK sends this often. */
const BEACON_MS = 10_000;
/** Views begin away from the ends of buckets; their later beacons shall come evenly, as those of real viewers do. */
const SHIFT_MS = 5_000;
/** A view is watched for 60 to 300 s. */
const SHORTEST_VIEW = 6;
const LONGEST_VIEW = 30;
const BETWEEN_VIEWS_MS = 2_000;
const TITLES = 200;
/** Of the recording: `viewstart` and `viewend` lie this long before their request. */
const INTENT_BEFORE_MS = 23;
const END_BEFORE_MS = 3;
const WAKE_MS = 20;
/** How long after the end requests are sent again. */
const DRAIN_MS = 60_000;

interface Letter {
  template: RequestTemplate;
  sequence: number;
  /** Null until it is first sent. */
  baseMs: number | null;
  /** Of the SDK's second sending of its last batch: the first. */
  repeats: Letter | null;
  dueMs: number;
}

interface Viewer {
  viewId: string;
  address: string;
  title: string;
  sequence: number;
  /** Requests of the view so far. */
  sent: number;
  /** Requests that the view still has before its end. */
  left: number;
  startMs: number;
  watching: boolean;
  failures: number;
  inFlight: boolean;
  outbox: Letter[];
}

/** Many viewers with few thoughts: each sends what a real one sent, with its own ids and times. */
export class Audience {
  readonly #order: GeneratorOrder;
  readonly #recorded: RecordedView;
  readonly #connections: Connections;
  readonly #random = createRandom(1);
  readonly #slots = new Map<number, (() => void)[]>();
  readonly #truth = new Truth();
  readonly #answersMs: number[] = [];
  readonly #latenessMs: number[] = [];
  #slot = 0;
  #endsAtMs = Number.POSITIVE_INFINITY;
  #watching = 0;
  #open = 0;
  #counts = { requests: 0, failed: 0, bodyBytes: 0, events: 0, repeatedEvents: 0 };

  constructor(order: GeneratorOrder) {
    this.#order = order;
    this.#recorded = recordedView(order.envKey, USER_AGENT);
    this.#connections = new Connections(order.port, order.connections);
  }

  get progress(): GeneratorProgress["progress"] {
    const { requests, failed } = this.#counts;
    return { watching: this.#watching, requests, failed, waiting: this.#connections.waiting };
  }

  /** Resolves when everybody has left and every request was answered, or given up. */
  async run(): Promise<GeneratorResult> {
    const startMs = Date.now();
    const { viewers, rampMs, durationMs } = this.#order;
    this.#endsAtMs = startMs + durationMs;
    this.#slot = Math.floor(startMs / WAKE_MS);
    for (let index = 0; index < viewers; index += 1) this.#arrive(startMs + (rampMs * index) / viewers, index);
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        this.#wake();
        const isOver = Date.now() > this.#endsAtMs && this.#open === 0;
        if (!isOver && Date.now() < this.#endsAtMs + DRAIN_MS) return;
        clearInterval(timer);
        resolve();
      }, WAKE_MS);
    });
    this.#connections.close();
    return {
      ...this.#counts,
      lost: this.#open,
      views: this.#truth.views,
      concurrent: this.#truth.concurrent(),
      answerP99Ms: distributionOf(this.#answersMs).p99,
      latenessP99Ms: distributionOf(this.#latenessMs).p99,
    };
  }

  #at(timeMs: number, task: () => void): void {
    const slot = Math.max(Math.floor(timeMs / WAKE_MS), this.#slot + 1);
    const tasks = this.#slots.get(slot);
    if (tasks === undefined) this.#slots.set(slot, [task]);
    else tasks.push(task);
  }

  #wake(): void {
    const until = Math.floor(Date.now() / WAKE_MS);
    while (this.#slot < until) {
      this.#slot += 1;
      const tasks = this.#slots.get(this.#slot) ?? [];
      this.#slots.delete(this.#slot);
      for (const task of tasks) task();
    }
  }

  #arrive(atMs: number, index: number): void {
    const viewer: Viewer = {
      viewId: "",
      address: `81.${(index >> 8) & 255}.${index & 255}.9`,
      title: "",
      sequence: 1,
      sent: 0,
      left: 0,
      startMs: 0,
      watching: false,
      failures: 0,
      inFlight: false,
      outbox: [],
    };
    const dueMs = awayFromBucketEnd(atMs, this.#random.unit());
    this.#at(dueMs, () => this.#begin(viewer, dueMs));
  }

  #begin(viewer: Viewer, dueMs: number): void {
    if (dueMs > this.#endsAtMs - 2 * BEACON_MS) return;
    viewer.viewId = randomUUID();
    viewer.title = `Title ${Math.floor(this.#random.unit() ** 3 * TITLES)}`; // few titles have most viewers
    viewer.sequence = 1;
    viewer.sent = 0;
    viewer.left = SHORTEST_VIEW + Math.floor(this.#random.unit() * (LONGEST_VIEW - SHORTEST_VIEW));
    this.#open += 1;
    this.#post(viewer, this.#recorded.start, dueMs);
    this.#at(dueMs + BEACON_MS, () => this.#goOn(viewer, dueMs + BEACON_MS));
  }

  #goOn(viewer: Viewer, dueMs: number): void {
    viewer.left -= 1;
    const isLast = viewer.left <= 0 || dueMs + BEACON_MS > this.#endsAtMs;
    if (isLast) {
      const endMs = awayFromBucketEnd(dueMs, this.#random.unit());
      this.#at(endMs, () => this.#end(viewer, endMs));
      return;
    }
    const isFirst = viewer.sent === 1;
    this.#post(viewer, isFirst ? this.#recorded.play : this.#recorded.steady, dueMs);
    const nextMs = dueMs + BEACON_MS + (isFirst ? (this.#random.unit() * 2 - 1) * SHIFT_MS : 0);
    this.#at(nextMs, () => this.#goOn(viewer, nextMs));
  }

  #end(viewer: Viewer, dueMs: number): void {
    this.#post(viewer, this.#recorded.end, dueMs);
    const last = viewer.outbox[viewer.outbox.length - 1];
    if (last !== undefined) viewer.outbox.push({ ...last, repeats: last });
  }

  #post(viewer: Viewer, template: RequestTemplate, dueMs: number): void {
    viewer.outbox.push({ template, sequence: viewer.sequence, baseMs: null, repeats: null, dueMs });
    viewer.sequence += template.events;
    viewer.sent += 1;
    this.#pump(viewer);
  }

  #pump(viewer: Viewer): void {
    const letter = viewer.outbox[0];
    if (letter === undefined || viewer.inFlight) return;
    viewer.inFlight = true;
    this.#connections.send(
      () => this.#write(viewer, letter),
      (status, tookMs) => this.#answered(viewer, letter, status, tookMs),
    );
  }

  #write(viewer: Viewer, letter: Letter): Buffer {
    const nowMs = Date.now();
    const baseMs = letter.repeats?.baseMs ?? letter.baseMs ?? nowMs;
    if (letter.baseMs === null && letter.repeats === null) {
      letter.baseMs = nowMs;
      this.#latenessMs.push(nowMs - letter.dueMs);
      this.#told(viewer, letter.template, nowMs);
    }
    const { viewId, address, title } = viewer;
    const { template, sequence } = letter;
    this.#counts.requests += 1;
    this.#counts.bodyBytes += template.sizeBytes;
    return template.fill({ viewId, address, title, baseMs, sentAtMs: nowMs, sequence });
  }

  /** The truth begins and ends with what the requests say. */
  #told(viewer: Viewer, template: RequestTemplate, nowMs: number): void {
    this.#counts.events += template.events;
    if (template === this.#recorded.start) {
      viewer.startMs = nowMs - INTENT_BEFORE_MS;
      this.#watching += 1;
    } else if (template === this.#recorded.end) {
      this.#truth.add(viewer.startMs, nowMs - END_BEFORE_MS);
      this.#watching -= 1;
    }
  }

  #answered(viewer: Viewer, letter: Letter, status: number, tookMs: number): void {
    viewer.inFlight = false;
    this.#answersMs.push(tookMs);
    if (status !== 200) {
      this.#counts.failed += 1;
      viewer.failures += 1;
      this.#at(Date.now() + BEACON_MS * (1 + this.#random.unit() * 2 ** (viewer.failures - 1)), () =>
        this.#pump(viewer),
      );
      return;
    }
    viewer.failures = 0;
    viewer.outbox.shift();
    if (letter.repeats !== null) {
      this.#counts.repeatedEvents += letter.template.events;
      this.#open -= 1;
      const nextMs = awayFromBucketEnd(Date.now() + BETWEEN_VIEWS_MS, this.#random.unit());
      this.#at(nextMs, () => this.#begin(viewer, nextMs));
    }
    this.#pump(viewer);
  }
}
