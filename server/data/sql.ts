import { ApiError } from "../../domain/errors.ts";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { SqlRefused } from "../../platform/clickhouse/tenant-sql/sql-refused.ts";
import type { SqlFormat, TenantSql } from "../../platform/clickhouse/tenant-sql/tenant-sql.ts";
import { Turns } from "./turns.ts";

/** Runs customers' statements in their turn. */
export interface Sql {
  /** The answer as text. Rejects with ApiError for what the statement or its sender is to blame for. */
  run(environmentId: EnvironmentId, sql: string, format: SqlFormat, signal: AbortSignal): Promise<string>;
}

/** One of an environment, so that the next is another's. */
const LIMITS = { atOnce: 2, atOnceOfOne: 1, ofOne: 5, waiting: 50 };
const REFUSALS = {
  ofOne: `This environment has ${LIMITS.ofOne} statements under way`,
  waiting: "Too many statements wait for the analytics store just now",
};

/** @param store null where no account for such statements is configured */
export function createSql(store: TenantSql | null): Sql {
  const turns = new Turns(LIMITS, REFUSALS);
  return {
    run: async (environmentId, sql, format, signal) => {
      if (store === null)
        throw new ApiError("unavailable", [
          "SQL is not set up: set CLICKHOUSE_SQL_URL to an account as docs/data-api.md says",
        ]);
      try {
        return await turns.take(environmentId, () => store.run(environmentId, sql, format, signal), signal);
      } catch (error) {
        if (!(error instanceof SqlRefused)) throw error;
        const type = error.kind === "too_costly" ? "statement_too_costly" : "invalid_parameters";
        throw new ApiError(type, [`query: ${error.message}`], { cause: error });
      }
    },
  };
}
