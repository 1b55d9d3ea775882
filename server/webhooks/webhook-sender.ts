import { setTimeout as delay } from "node:timers/promises";
import { Counter, Histogram } from "prom-client";
import { retryDelayMs } from "../../domain/webhooks/back-off.ts";
import { EndpointShare, type SendingLimits } from "../../domain/webhooks/endpoint-share.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Metrics } from "../../platform/observability/metrics.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { type ClaimedDelivery, claimDeliveries } from "../../platform/webhooks/claim-deliveries.ts";
import type { AttemptResult, Settlement } from "../../platform/webhooks/settle-deliveries.ts";
import { isTaken, type SendOptions, sendAttempt } from "./send-attempt.ts";
import { SettleQueue } from "./settle-queue.ts";

/**
 * An endpoint that hangs has two attempts under way, all that hang or are slow half of what there is; n that begin to hang at once
 * leave about 256 / (1 + n / 8).
 */
const LIMITS: SendingLimits = { inAll: 256, ofOne: 32, ofFailing: 2, ofAllStrained: 128 };
/** Retries fall due without anybody telling; so does what a killed server had taken. */
const POLL_MS = 1_000;
/** Between two questions for what is due, however often somebody tells of something. */
const GAP_MS = 20;
/** For attempts under way when the server stops; those of others are sent again after their lease. */
const GRACE_MS = 2_500;

export interface SenderOptions extends SendOptions {
  db: Postgres;
  log: Logger;
  metrics: Metrics;
}

/**
 * Sends what is due to endpoints for as long as the server runs, beside those of other servers: at least once, and so that one
 * that hangs takes no place of the others.
 */
export class WebhookSender {
  readonly #options: SenderOptions;
  readonly #share = new EndpointShare(LIMITS);
  readonly #settling: SettleQueue;
  readonly #underWay = new Set<Promise<void>>();
  readonly #watch: (status: Settlement["status"], tookMs: number) => void;
  readonly #running: Promise<void>;
  #bell = Promise.withResolvers<void>();
  #isStopping = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#settling = new SettleQueue(options.db, options.log);
    this.#watch = watchAttempts(options.metrics);
    this.#running = this.#run();
  }

  /** Something may be due. */
  wake(): void {
    this.#bell.resolve();
  }

  /** Takes nothing any more, and notes what attempts under way come to within 2.5 s. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.wake();
    await this.#running;
    const grace = new AbortController();
    const late = delay(GRACE_MS, undefined, { signal: grace.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#underWay), late]);
    grace.abort();
    await this.#settling.close();
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#bell = Promise.withResolvers();
      try {
        await this.#begin();
      } catch (error) {
        this.#options.log.warn({ err: error }, "webhooks not looked for");
      }
      await delay(GAP_MS);
      await this.#bellOrPoll();
    }
  }

  async #begin(): Promise<void> {
    const well = this.#share.offerToWell();
    if (well.inAll > 0) {
      const claimed = await claimDeliveries(this.#options.db, well);
      this.#start(claimed);
      if (claimed.length === well.inAll) this.wake(); // more may be due
    }
    const strained = this.#share.offerToStrained();
    if (strained.inAll > 0 && strained.rooms.size > 0) this.#start(await claimDeliveries(this.#options.db, strained));
  }

  #start(claimed: readonly ClaimedDelivery[]): void {
    for (const delivery of claimed) {
      this.#share.begin(delivery.webhookId);
      const sending = this.#send(delivery);
      this.#underWay.add(sending);
      void sending.finally(() => this.#underWay.delete(sending));
    }
  }

  async #send(delivery: ClaimedDelivery): Promise<void> {
    const attempt = await sendAttempt(delivery, this.#options);
    this.#share.end(delivery.webhookId, { isTaken: isTaken(attempt), tookMs: attempt.tookMs });
    const settlement = settle(delivery, attempt);
    this.#watch(settlement.status, attempt.tookMs);
    this.#settling.add(settlement);
    this.wake(); // there is room for another
  }

  async #bellOrPoll(): Promise<void> {
    const poll = new AbortController();
    const timer = delay(POLL_MS, undefined, { signal: poll.signal }).catch(() => undefined);
    await Promise.race([this.#bell.promise, timer]);
    poll.abort();
  }
}

function settle(delivery: ClaimedDelivery, attempt: AttemptResult): Settlement {
  if (isTaken(attempt)) return { delivery, attempt, status: "delivered", delayMs: 0 };
  const elapsedMs = delivery.elapsedMs + attempt.tookMs;
  const delayMs = retryDelayMs(delivery.attempts + 1, elapsedMs, Math.random());
  if (delayMs === null) return { delivery, attempt, status: "failed", delayMs: 0 };
  return { delivery, attempt, status: "waiting", delayMs };
}

function watchAttempts(metrics: Metrics): (status: Settlement["status"], tookMs: number) => void {
  const attempts = new Counter({
    name: "playhead_webhook_attempts_total",
    help: "Attempts to send an event, by what became of the delivery: waiting is one that is tried again",
    labelNames: ["status"],
    registers: [metrics],
  });
  const seconds = new Histogram({
    name: "playhead_webhook_attempt_seconds",
    help: "Time of an attempt to send an event, up to its answer",
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [metrics],
  });
  return (status, tookMs) => {
    attempts.inc({ status });
    seconds.observe(tookMs / 1_000);
  };
}
