import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askBreakdown, type BreakdownOptions } from "../../../domain/metrics/ask/ask-breakdown.ts";
import { askDimensionValues, askElements } from "../../../domain/metrics/ask/ask-dimension-values.ts";
import { askSubviewBreakdown, askSubviewValues } from "../../../domain/metrics/ask/ask-subviews.ts";
import { askViews } from "../../../domain/metrics/ask/ask-views.ts";
import { askFirstRow, type Page, type PagedQuestion } from "../../../domain/metrics/ask/page.ts";
import { type Dimension, dimensionById } from "../../../domain/metrics/dimensions.ts";
import type { Metric } from "../../../domain/metrics/metric.ts";
import { metricById } from "../../../domain/metrics/metrics.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import { SUBVIEWS } from "../../../domain/metrics/subview.ts";
import type { TestClickHouse } from "../testing.ts";
import { anyRecord, TIMES } from "./testing/random-records.ts";
import { answer, answers, environment, insertViews, startViewsTable } from "./testing/views-table.ts";

let clickhouse: TestClickHouse;

beforeAll(async () => {
  clickhouse = await startViewsTable();
  // every record three times: half of all rows are equal in what they are ordered by
  const records = fc.sample(anyRecord, { numRuns: 60, seed: 31 });
  const rows = [...records, ...records, ...records].map((record, at) => {
    return { environmentId: 6, viewId: `view ${at}`, firstSeenMs: record.viewStartMs, version: 1, record };
  });
  await insertViews(clickhouse, rows);
});
afterAll(() => clickhouse.stop());

const scope: Scope = {
  environmentId: environment(6),
  fromMs: TIMES.fromMs,
  toMs: TIMES.toMs + 86_400_000,
  filters: [],
  metricFilters: [],
  weighted: false,
  includeBots: false,
};
const busiest = { search: "", orderBy: "views", direction: "desc" } as const;
const dimension = (id: string) => dimensionById(id) as Dimension;
const parts = { views: scope, type: "rendition", filters: [] } as const;
const { attributes } = SUBVIEWS.rendition;

function breakdown(by: string, metric: string, orderBy: BreakdownOptions["orderBy"]) {
  const of = metricById(metric) as Metric;
  const options = { orderBy, direction: "desc" } as const;
  return (page: Page) => askBreakdown(scope, of, of.defaultMeasurement, dimension(by), { ...page, ...options });
}

const KINDS: readonly (readonly [string, (page: Page) => PagedQuestion])[] = [
  ["a breakdown by views", breakdown("video_title", "rebuffer_percentage", "views")],
  ["a breakdown by value", breakdown("player_error_code", "unique_viewers", "value")],
  ["a breakdown by impact", breakdown("video_source_fps", "rebuffer_count", "negative_impact")],
  ["a breakdown by name", breakdown("custom_1", "views", "field")],
  ["values", (page) => askDimensionValues(scope, dimension("country"), { ...page, ...busiest })],
  ["values of keys", (page) => askDimensionValues(scope, dimension("city"), { ...page, ...busiest })],
  ["values by name", (page) => askDimensionValues(scope, dimension("city"), { ...page, ...busiest, orderBy: "field" })],
  [
    "values of numbers by value",
    (page) => askDimensionValues(scope, dimension("video_source_fps"), { ...page, ...busiest, orderBy: "value" }),
  ],
  ["elements", (page) => askElements(scope, dimension("video_cdn_trace"), { ...page, ...busiest })],
  ["views", (page) => askViews(scope, { ...page, direction: "desc", errorTypeId: null })],
  ["parts", (page) => askSubviewBreakdown(parts, attributes, page)],
  [
    "values of parts",
    (page) =>
      askSubviewValues(parts, dimension("browser"), { ...page, search: "", orderBy: "playing_time", direction: "asc" }),
  ],
];

type Row = Record<string, unknown> & { total_row_count: number };
const PAGE = 7;

describe.each(KINDS)("pages of %s", (_, ask) => {
  it("hold every row once, in one order", async () => {
    const all = await answer<Row>(clickhouse, ask({ limit: 1_000, offset: 0 }));
    expect(all.length).toBeGreaterThan(3);
    expect(new Set(all.map(({ total_row_count }) => total_row_count))).toEqual(new Set([all.length]));
    const offsets = Array.from({ length: Math.ceil(all.length / PAGE) }, (_, at) => at * PAGE);
    const pages = await answers<Row>(
      clickhouse,
      offsets.map((offset) => ask({ limit: PAGE, offset })),
    );
    expect(pages.flat().map(({ asked, ...row }) => row)).toEqual(all);
  });

  it("are empty past the end, where the first row still tells how many there are", async () => {
    const [first] = await answer<Row>(clickhouse, ask({ limit: PAGE, offset: 0 }));
    const past = ask({ limit: PAGE, offset: 5_000 });
    expect(await answer<Row>(clickhouse, past)).toEqual([]);
    expect(await answer<Row>(clickhouse, askFirstRow(past))).toEqual([first]);
  });
});
