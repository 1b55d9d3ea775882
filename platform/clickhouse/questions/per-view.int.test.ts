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

/** What each of some expressions says of each record: values in the order of the records, by the names of expressions. */
async function eachView<T>(expressions: Readonly<Record<string, string>>): Promise<Record<string, T[]>> {
  const named = Object.entries(expressions);
  const columns = named.map(([name, sql]) => `${sql} AS \`of ${name}\``).join(",\n");
  const sql = `SELECT ${columns} FROM views ORDER BY toUInt32(substring(view_id, 6))`;
  const rows = await answer<Record<string, T>>(clickhouse, { sql, params: {} });
  return Object.fromEntries(named.map(([name]) => [name, rows.map((row) => row[`of ${name}`] as T)]));
}

describe("a metric's value of a view", () => {
  it("is the same in SQL, and held by some records: of every metric", async () => {
    const found = await eachView(Object.fromEntries(METRICS.map((each) => [each.id, `toFloat64(${each.perViewSql})`])));
    for (const { id, perView } of METRICS) {
      const values = records.map(perView);
      expect(found[id], id).toEqual(values);
      expect(values.filter((value) => value !== null).length, id).toBeGreaterThan(100);
    }
  });
});

/** What the API shows of a value. */
function textOf(value: ViewRecord[keyof ViewRecord]): string {
  if (Array.isArray(value)) return value.length === 0 ? "" : `[${value.join(",")}]`;
  return value === null ? "" : String(value);
}

describe("a dimension's value of a view", () => {
  const columns = DIMENSIONS.map((dimension) => ({ ...dimension, ...dimensionColumn(dimension) }));

  it("is its text: of every dimension", async () => {
    const found = await eachView(Object.fromEntries(columns.map(({ id, rowTextSql }) => [id, rowTextSql])));
    for (const { id, key } of columns) {
      const expected = records.map((record) => (id === "asn" && record.asn === 0 ? "" : textOf(record[key])));
      expect(found[id], id).toEqual(expected);
    }
  });

  it("has that text, or the text's key, where views are grouped: of every dimension", async () => {
    const grouped = columns.map(({ id, rowTextSql, groupSql, keyed, textSql }) => [
      id,
      keyed ? `cityHash64(${rowTextSql}) = ${groupSql}` : `${textSql(groupSql)} = ${rowTextSql}`,
    ]);
    const found = await eachView(Object.fromEntries(grouped));
    for (const { id } of columns) expect(new Set(found[id]), id).toEqual(new Set([1]));
  });
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
