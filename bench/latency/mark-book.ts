import { randomUUID } from "node:crypto";
import type { PageNews } from "./browser.ts";
import { endBody, type Mark, startBody } from "./mark.ts";
import type { Sender } from "./send.ts";

export interface MarkEntry extends Mark {
  /** Its last byte was sent; null while it is under way. */
  sentAtMs: number | null;
  seenAtMs: number | null;
  floorSentAtMs: number | null;
  floorSeenAtMs: number | null;
  startedAtMs: number;
  ended: boolean;
}

export interface MarkTargets {
  envKey: string;
  collectorPort: number;
  floorPort: number;
}

/**
 * A breakdown shows its 20 busiest values, and views that no longer play come last: ended when seen, or after this, at
 * most 15 marks play at a time, and a mark that is late is still among the 20.
 */
const LONGEST_PLAY_MS = 15_000;

/** All marked views of a run: sends them, ends them, and notes when they were seen. */
export class MarkBook {
  readonly #sender: Sender;
  readonly #targets: MarkTargets;
  readonly #clock: () => number;
  readonly #entries = new Map<string, MarkEntry>();
  #underWay: Promise<unknown>[] = [];
  /** Requests to the collector. */
  requests = 0;

  constructor(sender: Sender, targets: MarkTargets, clock: () => number) {
    this.#sender = sender;
    this.#targets = targets;
    this.#clock = clock;
  }

  entries(): readonly MarkEntry[] {
    return [...this.#entries.values()];
  }

  /** Begins a view that nobody has begun before. */
  start(): void {
    const title = `mark-${this.#entries.size + 1}`;
    const entry: MarkEntry = {
      title,
      viewId: randomUUID(),
      envKey: this.#targets.envKey,
      sentAtMs: null,
      seenAtMs: null,
      floorSentAtMs: null,
      floorSeenAtMs: null,
      startedAtMs: this.#clock(),
      ended: false,
    };
    this.#entries.set(title, entry);
    this.#post(this.#targets.collectorPort, startBody(entry, this.#clock()), (atMs) => {
      entry.sentAtMs = atMs;
    });
  }

  /** The same body to the server that does nothing but push. */
  startFloor(): void {
    const entry = this.entries().at(-1);
    if (entry === undefined) return;
    this.#post(this.#targets.floorPort, startBody(entry, this.#clock()), (atMs) => {
      entry.floorSentAtMs = atMs;
    });
  }

  note({ marks, floor }: Pick<PageNews, "marks" | "floor">, pageOffsetMs: number): void {
    for (const { title, atMs } of marks) {
      const entry = this.#entries.get(title);
      if (entry !== undefined) entry.seenAtMs ??= atMs - pageOffsetMs;
    }
    for (const { title, atMs } of floor) {
      const entry = this.#entries.get(title);
      if (entry !== undefined) entry.floorSeenAtMs ??= atMs - pageOffsetMs;
    }
  }

  endThoseSeen(): void {
    const nowMs = this.#clock();
    for (const entry of this.#entries.values()) {
      const over = entry.seenAtMs !== null || nowMs - entry.startedAtMs > LONGEST_PLAY_MS;
      if (!over || entry.ended) continue;
      entry.ended = true;
      this.#post(this.#targets.collectorPort, endBody(entry, nowMs), () => undefined);
    }
  }

  allSeen(): boolean {
    return this.entries().every(({ seenAtMs, floorSeenAtMs }) => seenAtMs !== null && floorSeenAtMs !== null);
  }

  /** Resolves when every request was answered. Rejects when one was not. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #post(port: number, body: string, onSent: (atMs: number) => void): void {
    if (port === this.#targets.collectorPort) this.requests += 1;
    const posted = this.#sender.post(port, body, this.#clock, onSent);
    posted.catch(() => undefined); // told by settled()
    this.#underWay.push(posted);
  }
}
