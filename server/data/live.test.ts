import { expect, it } from "vitest";
import { z } from "zod";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { createAnalytics } from "./analytics.ts";
import { askLive, freshnessOf, liveClock } from "./live.ts";

const NOW = Date.UTC(2026, 10, 26, 3, 0, 0);

/** A store that counts what it is asked, and knows up to when it is filled. */
function store(asOfMs: number | null) {
  const asked: string[] = [];
  const clickhouse = {
    query: (sql: string) => {
      asked.push(sql);
      if (!sql.includes("stored_until")) return Promise.resolve([{ n: asked.length }]);
      return Promise.resolve(asOfMs === null ? [] : [{ as_of_ms: asOfMs }]);
    },
  } as unknown as ClickHouse;
  return { asked, analytics: createAnalytics(clickhouse, () => 0), now: () => NOW };
}

it("gives an answer out again under the as_of that it was found for, never under a later one", async () => {
  const { asked, analytics } = store(NOW);
  const ask = (asOfMs: number) =>
    askLive(
      analytics,
      { sql: "SELECT n", params: { environmentId: 1 } },
      { row: z.object({ n: z.number() }), name: "test", clock: { nowMs: NOW, asOfMs } },
    );
  expect(await ask(NOW - 2_000)).toEqual(await ask(NOW - 2_000));
  expect(asked).toHaveLength(1);
  expect(await ask(NOW - 1_000)).toEqual([{ n: 2 }]);
});

it("tells how old the newest is, and never that it lies ahead", async () => {
  const clock = await liveClock(store(NOW - 1_250));
  expect(freshnessOf(clock)).toEqual({ as_of: "2026-11-26T02:59:58.750Z", delay_ms: 1_250 });
  expect(freshnessOf(await liveClock(store(NOW + 300)))).toMatchObject({ delay_ms: 0 });
});

it.each([
  ["never", null, /has not run yet/],
  ["not for a day", NOW - 24 * 3_600_000 - 1, /stands still since 2026-11-25T02:59:59.999Z/],
])("has no answer where something was stored %s", async (_, asOfMs, message) => {
  const refusal = liveClock(store(asOfMs));
  await expect(refusal).rejects.toMatchObject({ type: "unavailable", retryAfterSeconds: 5 });
  await expect(refusal).rejects.toThrow(message);
});
