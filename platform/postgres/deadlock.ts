import { DatabaseError } from "pg";
import type { Postgres, PostgresTransaction } from "./pool.ts";

/** Of a transaction that was ended because it and another waited for each other (PostgreSQL manual, §13.3.4). */
const DEADLOCK = "40P01";
const MOST_TRIES = 5;

/**
 * A transaction that is begun anew where it ended in a deadlock: the other one has gone on by then.
 *
 * @param work may be done several times, so it changes nothing but by its transaction
 */
export async function pastDeadlocks<T>(
  db: Pick<Postgres, "transaction">,
  work: (transaction: PostgresTransaction) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      const isDeadlock = error instanceof DatabaseError && error.code === DEADLOCK;
      if (!isDeadlock || tries === MOST_TRIES) throw error;
    }
  }
}
