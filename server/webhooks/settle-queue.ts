import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { type Settlement, settleDeliveries } from "../../platform/webhooks/settle-deliveries.ts";

/** Of one statement. */
const AT_ONCE = 200;
const RETRY_MS = 500;

/** Notes what attempts came to, those that end while one statement runs in the next: a statement each would be the most work. */
export class SettleQueue {
  readonly #db: Postgres;
  readonly #log: Logger;
  readonly #waiting: Settlement[] = [];
  #writing: Promise<void> | null = null;
  #isClosing = false;

  constructor(db: Postgres, log: Logger) {
    this.#db = db;
    this.#log = log;
  }

  add(settlement: Settlement): void {
    this.#waiting.push(settlement);
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when all is written; what cannot be written now is sent again once its lease is over. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, AT_ONCE);
      if (await this.#write(batch)) continue;
      if (this.#isClosing) break;
      this.#waiting.unshift(...batch);
      await delay(RETRY_MS);
    }
    this.#writing = null;
  }

  async #write(batch: readonly Settlement[]): Promise<boolean> {
    try {
      await settleDeliveries(this.#db, batch);
      return true;
    } catch (error) {
      this.#log.warn({ err: error, attempts: batch.length }, "webhook attempts not noted yet");
      return false;
    }
  }
}
