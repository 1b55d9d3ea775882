import { DatabaseError } from "pg";

/** Postgres cannot be reached or cannot serve just now; the same call may succeed later. */
export class PostgresUnavailable extends Error {
  override readonly name = "PostgresUnavailable";

  constructor(cause: unknown) {
    super(`Postgres is not available: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/**
 * SQLSTATE classes of an engine that is going, coming, full or cut off, and 57014, a statement that took longer than it may
 * (PostgreSQL manual, appendix A): what is slow under load is quick again later.
 */
const TEMPORARY = /^(08|53|57P|57014|58)/;

/** Gives failures of the way to Postgres, or of the engine as a whole, their own class; others are returned as they are. */
export function classifyPostgresError(error: unknown): unknown {
  if (error instanceof PostgresUnavailable) return error;
  if (error instanceof DatabaseError) return TEMPORARY.test(error.code ?? "") ? new PostgresUnavailable(error) : error;
  if (error instanceof TypeError || error instanceof RangeError) return error; // our own mistake in a parameter
  return new PostgresUnavailable(error); // the driver's plain errors: refused, cut off, no answer in time
}
