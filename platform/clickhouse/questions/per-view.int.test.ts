import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askView, viewFromRow } from "../../../domain/metrics/ask/ask-view.ts";
import { dimensionColumn } from "../../../domain/metrics/dimension-column.ts";
import { DIMENSIONS } from "../../../domain/metrics/dimensions.ts";
import { METRICS } from "../../../domain/metrics/metrics.ts";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import type { TestClickHouse } from "../testing.ts";
import { anyRecord } from "./testing/random-records.ts";
import { answer, environment, insertViews, startViewsTable } from "./testing/views-table.ts";

let clickhouse: TestClickHouse;
const records = fc.sample(anyRecord, { numRuns: 400, seed: 20_260_504 });

beforeAll(async () => {
  clickhouse = await startViewsTable();
  const rows = records.map((record, at) => {
    return { environmentId: 7, viewId: `view ${at}`, firstSeenMs: record.viewStartMs, version: 1, record };
  });
  await insertViews(clickhouse, rows);
});
afterAll(() => clickhouse.stop());

/** One text or number for each record, in their order. */
async function eachView<T>(sql: string): Promise<T[]> {
  const question = { sql: `SELECT ${sql} AS value FROM views ORDER BY toUInt32(substring(view_id, 6))`, params: {} };
  return (await answer<{ value: T }>(clickhouse, question)).map(({ value }) => value);
}

describe("a metric's value of a view", () => {
  it.each(METRICS.map((metric) => [metric.id, metric] as const))("is the same in SQL: %s", async (_, metric) => {
    expect(await eachView(`toFloat64(${metric.perViewSql})`)).toEqual(records.map(metric.perView));
  });

  it.each(METRICS.map((metric) => [metric.id, metric] as const))("is held by some records: %s", (_, metric) => {
    expect(records.filter((record) => metric.perView(record) !== null).length).toBeGreaterThan(100);
  });
});

/** What the API shows of a value. */
function textOf(value: ViewRecord[keyof ViewRecord]): string {
  if (Array.isArray(value)) return value.length === 0 ? "" : `[${value.join(",")}]`;
  return value === null ? "" : String(value);
}

describe("a dimension's value of a view", () => {
  it.each(DIMENSIONS.map((dimension) => [dimension.id, dimension] as const))(
    "is its text: %s",
    async (id, dimension) => {
      const { rowTextSql, groupSql, keyed, textSql } = dimensionColumn(dimension);
      const expected = records.map((record) => {
        if (id === "asn" && record.asn === 0) return "";
        return textOf(record[dimension.key]);
      });
      expect(await eachView(rowTextSql)).toEqual(expected);
      const grouped = keyed
        ? `toString(cityHash64(${rowTextSql})) = toString(${groupSql})`
        : `${textSql(groupSql)} = ${rowTextSql}`;
      expect(new Set(await eachView(grouped))).toEqual(new Set([1]));
    },
  );
});

describe("a view's record", () => {
  it("comes back as it was written", async () => {
    for (const at of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const [row] = await answer<Record<string, unknown>>(clickhouse, askView(environment(7), `view ${at}`));
      const { viewId, record } = viewFromRow(row ?? {});
      expect(viewId).toBe(`view ${at}`);
      expect(record).toEqual(records[at]);
    }
  });

  it("is not there for another environment, and not under another id", async () => {
    expect(await answer(clickhouse, askView(environment(8), "view 1"))).toEqual([]);
    expect(await answer(clickhouse, askView(environment(7), "view 1' OR '1' = '1"))).toEqual([]);
  });
});
