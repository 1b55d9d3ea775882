import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { eventsAfter, eventsById, type NumberedEvent } from "./webhook-events.ts";
import type { WebhookTap } from "./webhook-tap.ts";

const RETRY_MS = 500;
/** Events that are read at once. */
const AT_ONCE = 200;

/** Tells open streams what Postgres tells of: events in the order in which their transactions were committed. */
export class EventFeed {
  readonly #db: Postgres;
  readonly #tap: WebhookTap;
  readonly #log: Logger;
  /** Ids of events that are still to be told. */
  #heard: string[] = [];
  /** Of the events that were told: what is missed is behind it. */
  #newest = 0;
  #missed = false;
  #reading: Promise<void> | null = null;
  #isStopped = false;

  constructor(db: Postgres, tap: WebhookTap, log: Logger) {
    this.#db = db;
    this.#tap = tap;
    this.#log = log;
  }

  /** @param payload `{environment} {event}`; null after a (re)connection, before which something may have been missed */
  hear(payload: string | null): void {
    const [environmentId = "", eventId] = payload?.split(" ") ?? [];
    if (payload === null) this.#missed = true;
    else if (eventId !== undefined && this.#tap.environmentIds.includes(environmentId)) this.#heard.push(eventId);
    if (this.#heard.length > 0 || this.#missed) this.#reading ??= this.#readAll();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#reading;
  }

  async #readAll(): Promise<void> {
    while ((this.#heard.length > 0 || this.#missed) && !this.#isStopped) {
      try {
        for (const { number, event } of await this.#read()) {
          this.#newest = Math.max(this.#newest, number);
          this.#tap.tell(event);
        }
      } catch (error) {
        this.#log.warn({ err: error }, "events not told to streams yet");
        await delay(RETRY_MS);
      }
    }
    this.#reading = null;
  }

  async #read(): Promise<NumberedEvent[]> {
    const openedAfter = this.#tap.openedAfter();
    if (openedAfter.size === 0) {
      this.#heard = [];
      this.#missed = false;
      return [];
    }
    if (this.#missed) {
      const after = [...openedAfter].map(([id, number]): [string, number] => [id, Math.max(number, this.#newest)]);
      const missed = await eventsAfter(this.#db, new Map(after), { limit: AT_ONCE });
      this.#missed = missed.length === AT_ONCE;
      return missed;
    }
    const ids = this.#heard.slice(0, AT_ONCE);
    const events = new Map(
      (await eventsById(this.#db, [...openedAfter.keys()], ids)).map((one) => [one.event.id, one]),
    );
    this.#heard = this.#heard.slice(ids.length);
    return ids.flatMap((id) => events.get(id) ?? []);
  }
}
