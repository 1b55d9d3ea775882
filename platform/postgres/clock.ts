import { type RawBuilder, sql } from "kysely";

/** Now by the clock of Postgres, or so much later: what several programs compare with must not be one program's own. */
export function postgresTime(afterMs = 0): RawBuilder<Date> {
  return sql<Date>`now() + make_interval(secs => ${afterMs / 1_000}::double precision)`;
}
