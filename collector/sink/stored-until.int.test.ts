import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { z } from "zod";
import { askStoredUntil } from "../../domain/monitoring/ask-stored-until.ts";
import { type ClickHouse, ClickHouseError } from "../../platform/clickhouse/clickhouse.ts";
import { startViewsTable } from "../../platform/clickhouse/questions/testing/views-table.ts";
import type { TestClickHouse } from "../../platform/clickhouse/testing.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { tellStoredUntil } from "./stored-until.ts";

const log = createLogger("test", "silent");
let clickhouse: TestClickHouse;

beforeAll(async () => {
  clickhouse = await startViewsTable();
});
afterAll(() => clickhouse.stop());

async function told(): Promise<number[]> {
  const { sql, params } = askStoredUntil();
  const rows = await clickhouse.client.query(sql, params, z.object({ as_of_ms: z.number() }));
  return rows.map((row) => row.as_of_ms);
}

/** Tells until the store says something new. */
async function tell(client: ClickHouse, asOfMs: () => number | null, expected: number): Promise<void> {
  const telling = tellStoredUntil({ clickhouse: client, log, asOfMs });
  await vi.waitFor(async () => expect(await told()).toEqual([expected]), { timeout: 5_000, interval: 50 });
  await telling.close();
}

it("says nothing while nothing is known", async () => {
  const telling = tellStoredUntil({ clickhouse: clickhouse.client, log, asOfMs: () => null });
  await telling.close();
  expect(await told()).toEqual([]);
});

it("tells the latest word, whoever of several said it", async () => {
  await tell(clickhouse.client, () => 1_795_000_000_250, 1_795_000_000_250);
  await tell(clickhouse.client, () => 1_795_000_005_250, 1_795_000_005_250);
  const behind = tellStoredUntil({ clickhouse: clickhouse.client, log, asOfMs: () => 1_795_000_001_000 });
  await behind.close(); // the first word is on its way by now
  expect(await told()).toEqual([1_795_000_005_250]);
});

it("goes on after the store was away", async () => {
  let attempts = 0;
  const flaky: Pick<ClickHouse, "insert"> = {
    insert: (...args) => {
      attempts += 1;
      if (attempts === 1) return Promise.reject(new ClickHouseError("away", null, true));
      return clickhouse.client.insert(...args);
    },
  };
  await tell(flaky as ClickHouse, () => 1_795_000_009_000, 1_795_000_009_000);
  expect(attempts).toBe(2);
});
