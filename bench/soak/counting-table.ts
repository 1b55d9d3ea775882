import { z } from "zod";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";

/**
 * A consumer that increments: adds up the events of each view as they are inserted, as a counter does that takes delivery
 * for the event. What is inserted again after a kill counts again.
 */
export async function addCountingTable(clickhouse: ClickHouse): Promise<void> {
  await clickhouse.command(
    `CREATE TABLE counted (environment_id UInt32, view_id String, events UInt64)
     ENGINE = SummingMergeTree ORDER BY (environment_id, view_id)`,
  );
  await clickhouse.command(
    `CREATE MATERIALIZED VIEW counted_from_events TO counted AS
     SELECT environment_id, view_id, count() AS events FROM events GROUP BY environment_id, view_id`,
  );
}

const Wrong = z.object({ views: z.number(), events: z.number() });

/** Views whose counter differs from their stored events, and by how much in all. */
export async function countingErrors(clickhouse: ClickHouse): Promise<{ views: number; events: number }> {
  const [wrong] = await clickhouse.query(
    `SELECT toUInt32(count()) AS views, toUInt32(sum(abs(toInt64(counter) - toInt64(truly)))) AS events
     FROM (SELECT view_id, sum(events) AS counter FROM counted GROUP BY view_id) AS c
     FULL JOIN (SELECT view_id, count() AS truly FROM events FINAL GROUP BY view_id) AS e USING (view_id)
     WHERE counter != truly`,
    {},
    Wrong,
  );
  return wrong ?? { views: 0, events: 0 };
}
