import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import type { Postgres } from "../postgres/pool.ts";

/** A lease lives this long after its last renewal: so long a killed transcoder's work waits for another. */
const LEASE_SECONDS = 10;
const RENEW_EVERY_MS = 3_000;
/** How often one looks whether another's work is done. */
const POLL_MS = 100;

/** Another transcoder took the work over, because this one did not renew in time. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

export interface LeaseKey {
  environment: string;
  /** The object that is made under it. */
  key: string;
}

/** Leases of one transcoder: among all of them, one makes an object at a time. */
export class Leases {
  readonly #db: Postgres;
  readonly #owner = `${hostname()}/${process.pid}/${randomUUID()}`;

  constructor(db: Postgres) {
    this.#db = db;
  }

  /**
   * Does the work under a lease. While another transcoder holds it, looks again and again whether the work is `done`, and
   * does it itself when the other is gone. Resolves with what either gives. The work's signal is aborted when the lease is
   * lost or `signal` is.
   */
  async underLease<T>(
    lease: LeaseKey,
    signal: AbortSignal,
    done: () => Promise<T | null>,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    while (!(await this.#take(lease))) {
      await sleep(POLL_MS, undefined, { signal });
      const found = await done();
      if (found !== null) return found;
    }
    try {
      // it may have been finished between the look and the lease
      return (await done()) ?? (await this.#renewing(lease, signal, work));
    } finally {
      await this.#release(lease);
    }
  }

  async #renewing<T>(lease: LeaseKey, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const lost = new AbortController();
    const timer = setInterval(() => {
      this.#take(lease).then(
        (isOurs) => {
          if (!isOurs) lost.abort(new LeaseLostError(`the lease of ${lease.key} went to another transcoder`));
        },
        () => {}, // Postgres is away: the lease runs on, and what is made is the same whoever makes it
      );
    }, RENEW_EVERY_MS);
    try {
      return await work(AbortSignal.any([signal, lost.signal]));
    } finally {
      clearInterval(timer);
    }
  }

  /** Takes a lease that is free, expired or ours; true when it is ours then. Time is the database's. */
  async #take({ environment, key }: LeaseKey): Promise<boolean> {
    const expires = sql<Date>`now() + make_interval(secs => ${LEASE_SECONDS})`;
    const taken = await this.#db
      .insertInto("leases")
      .values({ environment_id: environment, key, owner: this.#owner, expires_at: expires })
      .onConflict((conflict) =>
        conflict
          .columns(["environment_id", "key"])
          .doUpdateSet({ owner: this.#owner, expires_at: expires })
          .where((is) => is.or([is("leases.owner", "=", this.#owner), is("leases.expires_at", "<", sql<Date>`now()`)])),
      )
      .returning("key")
      .executeTakeFirst();
    return taken !== undefined;
  }

  async #release({ environment, key }: LeaseKey): Promise<void> {
    await this.#db
      .deleteFrom("leases")
      .where("environment_id", "=", environment)
      .where("key", "=", key)
      .where("owner", "=", this.#owner)
      .execute();
  }
}
