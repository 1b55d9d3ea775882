import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";

/**
 * Rebuilds `events` and `views` without keys that replace: what a store without idempotence would hold. Only to see that
 * the comparison can fail.
 */
export async function makeTablesPlain(clickhouse: ClickHouse): Promise<void> {
  for (const table of ["events", "views"]) {
    await clickhouse.command(
      `CREATE TABLE plain_${table} AS ${table} ENGINE = MergeTree PRIMARY KEY tuple() ORDER BY tuple()`,
    );
    await clickhouse.command(`DROP TABLE ${table}`);
    await clickhouse.command(`RENAME TABLE plain_${table} TO ${table}`);
  }
}
