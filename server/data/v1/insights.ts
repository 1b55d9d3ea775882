import { z } from "zod";
import { askInsights } from "../../../domain/metrics/ask/ask-insights.ts";
import { dimensionColumn } from "../../../domain/metrics/dimension-column.ts";
import { dimensionById } from "../../../domain/metrics/dimensions.ts";
import { INSIGHT_DIMENSIONS } from "../../../domain/metrics/insight-dimensions.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { namesOf } from "../names-of.ts";
import { listOf, MetaWire, orNull } from "./answers.ts";
import { gatherLists } from "./list-params.ts";
import { askedMetric, METRIC_ROUTE, MetricQuery, metaOf } from "./metric-query.ts";
import { checked } from "./named-params.ts";
import { DataPageQuery, DirectionQuery } from "./page-query.ts";
import { timeframeWire } from "./scope-query.ts";

const InsightRow = z.object({
  dimension: z.string(),
  field: z.string(),
  value: z.number(),
  impact: z.number(),
  views: z.number(),
  total_watch_time: z.number(),
  total_playing_time: z.number(),
  total_row_count: z.number(),
});
type Row = z.output<typeof InsightRow>;

const InsightsWire = listOf(
  z.object({
    filter_column: z.string().describe("Id of a dimension"),
    filter_value: z.string().nullable().describe("null: views without a value"),
    metric: z.number().describe("The number of these views"),
    negative_impact_score: z
      .number()
      .describe("(number − that of all) × share of the views, turned so that above 0 is worse"),
    total_views: z.number().describe("Views that hold a value of the metric"),
    total_watch_time: z.number().describe("Milliseconds"),
    total_playing_time: z.number().describe("Milliseconds"),
  }),
).extend({ meta: MetaWire });

const InsightsQuery = MetricQuery.extend({
  order_direction: DirectionQuery.default("desc").describe("desc: what worsens most; asc: what improves most"),
  limit: DataPageQuery.shape.limit.describe("Rows at the most (ours); total_row_count counts all"),
});

/** GET /data/v1/metrics/{METRIC_ID}/insights (reference data-api.md §2, row 8). */
export function insightsRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/metrics/:metric_id/insights",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...METRIC_ROUTE,
        summary: "What worsens a metric most, over all dimensions",
        description:
          "Dimensions that say what became of a view or who watched are left out. A metric of which neither direction is better has no insights: 400.",
        querystring: InsightsQuery,
        response: { ...REFUSALS, 200: InsightsWire },
      },
    },
    async (request) => {
      const { asked, metric, measurement } = askedMetric(services, request);
      const { scope, timeframe, keepMs } = asked;
      const { order_direction: direction, limit } = request.query;
      const question = checked("metric_id", () =>
        askInsights(scope, metric, measurement, INSIGHT_DIMENSIONS, { limit, direction }),
      );
      const rows = await services.analytics.ask(question, InsightRow, { name: "insights", keepMs });
      const values = await valuesOf(services, scope, rows, keepMs);
      return {
        data: rows.map((row, at) => ({
          filter_column: row.dimension,
          filter_value: orNull(values[at] ?? row.field),
          metric: row.value,
          negative_impact_score: row.impact,
          total_views: row.views,
          total_watch_time: row.total_watch_time,
          total_playing_time: row.total_playing_time,
        })),
        total_row_count: rows[0]?.total_row_count ?? 0,
        timeframe: timeframeWire(timeframe),
        meta: metaOf(timeframe, measurement),
      };
    },
  );
}

/** What the fields of the rows read as, in their order; one question for each dimension whose values are keys. */
async function valuesOf(
  { analytics }: Pick<Services, "analytics">,
  scope: Scope,
  rows: readonly Row[],
  keepMs: number,
): Promise<string[]> {
  const fields = Map.groupBy(rows, ({ dimension }) => dimension);
  const named = await Promise.all(
    [...fields].map(async ([id, ofOne]) => {
      const dimension = dimensionById(id);
      if (dimension === null) throw new Error(`an answer names ${id}, which nobody asked`);
      const { keyed } = dimensionColumn(dimension);
      const asked = { dimension, keyed, fields: ofOne.map(({ field }) => field), keepMs };
      return [id, await namesOf(analytics, scope, asked)] as const;
    }),
  );
  const names = new Map(named);
  return rows.map(({ dimension, field }) => names.get(dimension)?.(field) ?? field);
}
