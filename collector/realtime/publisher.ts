import { Gauge, Histogram } from "prom-client";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { BUCKET_MS, type MonitoringWire, OPEN_MS } from "../../domain/monitoring/socket-wire.ts";
import { type ClickHouse, ClickHouseError } from "../../platform/clickhouse/clickhouse.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Metrics } from "../../platform/observability/metrics.ts";
import { DimensionNames } from "./dimension-names.ts";
import { LivePicture, type PictureNews } from "./live-picture.ts";
import { pictureKey, type Subscription } from "./parse-subscribe.ts";

/**
 * Rounds begin at most this often, and take about a sixth of the time: a slow store is not asked faster. But for this long a
 * round waits at the most: what the store takes long for when it is busy with other things is mostly waiting, and a rest
 * five times as long doubles the delay just when it is large already. It is over before rows are stored again (800 ms), so that a
 * picture follows what was stored at once.
 */
const LEAST_ROUND_MS = 400;
const REST_PER_WORK = 5;
const LONGEST_REST_MS = 400;
/** Somebody who gets no news gets the delay at least this often. */
const HEARTBEAT_MS = 1_000;
/** A question that the store refuses for what it is, again and again for this long, is not asked any more. */
const GIVE_UP_MS = 10_000;
/** `as_of` not moving for this long is shown as a stall. */
const STALL_MS = 5_000;

/** One client's subscription as the publisher sees it. */
export interface Subscriber {
  environmentId: EnvironmentId;
  subscription: Subscription;
  send(event: "snapshot" | "delta", message: MonitoringWire): void;
  /** No more messages will come; called once. */
  end(reason: "query_failed"): void;
  /** The client does not keep up: skip it, it gets a fresh snapshot when it does again. */
  congested(): boolean;
}

interface Follower {
  subscriber: Subscriber;
  picture: LivePicture;
  hasSnapshot: boolean;
  /** When the newest message was sent, by `performance.now()`. */
  sentAtMs: number;
}

export interface PublisherDeps {
  clickhouse: ClickHouse;
  log: Logger;
  metrics: Metrics;
  /** Wall clock, told in messages; whatever is waited for is measured by `performance.now()`, which nobody sets. */
  nowMs: () => number;
  /** Log time up to which everything is stored; null while unknown. */
  asOfMs: () => number | null;
}

/** Keeps the pictures that somebody looks at up to date and sends what changed. */
export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #names: DimensionNames;
  readonly #pictures = new Map<string, LivePicture>();
  readonly #followers = new Set<Follower>();
  /** When a picture's `as_of` last moved. */
  readonly #movedAtMs = new WeakMap<LivePicture, number>();
  /** When the store began to refuse a picture's question. */
  readonly #refusedSinceMs = new WeakMap<LivePicture, number>();
  readonly #seconds: Histogram;
  readonly #heartbeat: NodeJS.Timeout;
  #round: Promise<void> | null = null;
  #news = false;
  #closed = false;
  #asOfMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #notBeforeMs = 0;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
    this.#names = new DimensionNames(deps.clickhouse);
    this.#seconds = new Histogram({
      name: "playhead_realtime_refresh_seconds",
      help: "Duration of bringing one picture up to date",
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers: [deps.metrics],
    });
    this.#watchFollowers();
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS / 2);
  }

  add(subscriber: Subscriber): { remove(): void } {
    const key = pictureKey(subscriber.environmentId, subscriber.subscription);
    const { clickhouse } = this.#deps;
    let picture = this.#pictures.get(key);
    if (picture === undefined) {
      picture = new LivePicture(subscriber.environmentId, subscriber.subscription, clickhouse, this.#names);
      this.#pictures.set(key, picture);
    }
    const follower: Follower = { subscriber, picture, hasSnapshot: false, sentAtMs: Number.NEGATIVE_INFINITY };
    this.#followers.add(follower);
    this.poke();
    return {
      remove: () => {
        this.#followers.delete(follower);
        if (![...this.#followers].some((other) => other.picture === picture)) this.#pictures.delete(key);
      },
    };
  }

  /** Rows were stored, or somebody came: a round begins as soon as the last one has rested. */
  poke(): void {
    this.#news = true;
    if (this.#closed || this.#round !== null || this.#timer !== null) return;
    const waitMs = Math.max(0, this.#notBeforeMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#round = this.#runRound().finally(() => {
        this.#round = null;
        if (this.#news) this.poke();
      });
    }, waitMs);
  }

  /** Resolves when the round under way is over; at once where there is none. */
  async shown(): Promise<void> {
    await this.#round;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#round;
  }

  async #runRound(): Promise<void> {
    this.#news = false;
    const startedMs = performance.now();
    const asOfMs = this.#deps.asOfMs();
    if (asOfMs !== null) {
      this.#asOfMs = Math.max(this.#asOfMs, asOfMs);
      for (const picture of this.#pictures.values()) await this.#refresh(picture);
    }
    const tookMs = performance.now() - startedMs;
    const restMs = Math.min(LONGEST_REST_MS, tookMs * REST_PER_WORK);
    this.#notBeforeMs = startedMs + Math.max(LEAST_ROUND_MS, tookMs + restMs);
  }

  async #refresh(picture: LivePicture): Promise<void> {
    const stop = this.#seconds.startTimer();
    try {
      const knownMs = picture.latest?.asOfMs ?? 0;
      const news = await picture.refresh(this.#asOfMs);
      stop();
      this.#refusedSinceMs.delete(picture);
      if (news.asOfMs > knownMs) this.#movedAtMs.set(picture, performance.now());
      for (const follower of this.#followers) {
        if (follower.picture === picture) this.#send(follower, news, news.changed);
      }
    } catch (error) {
      stop();
      this.#deps.log.warn({ err: error }, "monitoring query failed, the last picture stays");
      if (error instanceof ClickHouseError && !error.retriable) this.#refused(picture);
      else this.#refusedSinceMs.delete(picture);
    }
  }

  #refused(picture: LivePicture): void {
    const nowMs = performance.now();
    const sinceMs = this.#refusedSinceMs.get(picture) ?? nowMs;
    this.#refusedSinceMs.set(picture, sinceMs);
    if (nowMs - sinceMs < GIVE_UP_MS) return;
    for (const follower of [...this.#followers]) {
      if (follower.picture === picture) follower.subscriber.end("query_failed"); // which removes it
    }
  }

  /** Without news log time goes on or stands still, and viewers of the page must see which. */
  #beat(): void {
    const asOfMs = this.#deps.asOfMs();
    const moved = asOfMs !== null && asOfMs > this.#asOfMs;
    for (const follower of this.#followers) {
      const silentMs = performance.now() - follower.sentAtMs;
      if (moved && silentMs >= HEARTBEAT_MS) this.poke(); // that round will send, unless its question fails
      const { latest } = follower.picture;
      if (latest !== null && silentMs >= (moved ? 2 : 1) * HEARTBEAT_MS) this.#send(follower, latest, []);
    }
  }

  #send(follower: Follower, news: PictureNews, changed: PictureNews["changed"]): void {
    if (follower.subscriber.congested()) {
      follower.hasSnapshot = false;
      return;
    }
    const nowMs = this.#deps.nowMs();
    const { subscription } = follower.subscriber;
    const message: MonitoringWire = {
      id: subscription.id,
      as_of: news.asOfMs,
      sent_at: nowMs,
      delay_ms: Math.max(0, nowMs - news.asOfMs),
      state: this.#isStalled(follower.picture) ? "stalled" : "live",
      buckets: follower.hasSnapshot ? changed : resumable(follower.picture, subscription.resumeFromMs),
      current: news.current,
      breakdowns: news.breakdowns,
    };
    follower.subscriber.send(follower.hasSnapshot ? "delta" : "snapshot", message);
    follower.hasSnapshot = true;
    follower.sentAtMs = performance.now();
  }

  #isStalled(picture: LivePicture): boolean {
    return performance.now() - (this.#movedAtMs.get(picture) ?? Number.NEGATIVE_INFINITY) > STALL_MS;
  }

  #watchFollowers(): void {
    const { metrics, asOfMs, nowMs } = this.#deps;
    const [followers, pictures] = [this.#followers, this.#pictures];
    new Gauge({
      name: "playhead_realtime_subscriptions",
      help: "Subscriptions of connected clients",
      registers: [metrics],
      collect() {
        this.set(followers.size);
      },
    });
    new Gauge({
      name: "playhead_realtime_pictures",
      help: "Distinct subscriptions: what the store is asked for",
      registers: [metrics],
      collect() {
        this.set(pictures.size);
      },
    });
    new Gauge({
      name: "playhead_realtime_delay_seconds",
      help: "Wall clock minus the log time up to which everything is stored",
      registers: [metrics],
      collect() {
        const knownMs = asOfMs();
        if (knownMs !== null) this.set(Math.max(0, nowMs() - knownMs) / 1_000);
      },
    });
  }
}

/** What a client that left at `resumeFromMs` does not have: buckets that were not closed by then. */
function resumable(picture: LivePicture, resumeFromMs: number | null): MonitoringWire["buckets"] {
  const buckets = picture.buckets();
  if (resumeFromMs === null) return buckets;
  return buckets.filter((bucket) => bucket.start + BUCKET_MS + OPEN_MS > resumeFromMs);
}
