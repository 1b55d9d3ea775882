import { z } from "zod";
import { askSubviewBreakdown, askSubviewOverall } from "../../../domain/metrics/ask/ask-subviews.ts";
import type { Page } from "../../../domain/metrics/ask/page.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { ListWalks } from "../list-walks.ts";
import { groupsOnPage } from "../walk-groups.ts";
import { listOf, TimeframeWire } from "./answers.ts";
import { gatherEveryList } from "./list-params.ts";
import { DataPageQuery, walkOf } from "./page-query.ts";
import { timeframeWire } from "./scope-query.ts";
import { subviewComparisonRoute } from "./subview-comparison.ts";
import { subviewDimensionRoutes } from "./subview-dimensions.ts";
import {
  askedSubviews,
  GroupedMetaWire,
  GroupedQuery,
  groupedMetaOf,
  MetaWire,
  MetricParams,
  metaOf,
  requireAttributes,
  SUBVIEW_ROUTE,
  SubviewQuery,
  ValueWire,
  valueToWire,
} from "./subview-params.ts";
import { subviewSeriesRoute } from "./subview-series.ts";

/** /data/v1/subview-metrics: playing time of parts of views (reference data-api.md §2, rows 10–15). */
export function subviewMetricRoutes(app: App, services: Services): void {
  overallRoute(app, services);
  breakdownRoute(app, services);
  subviewComparisonRoute(app, services);
  subviewSeriesRoute(app, services);
  subviewDimensionRoutes(app, services);
}

const TotalRow = z.object({ metric_value: z.number() });

const OverallWire = z.object({
  data: z.object({ metric_value: z.number().describe("Milliseconds; 0 where no view has such parts") }),
  total_row_count: z.null(),
  timeframe: TimeframeWire,
  meta: MetaWire,
});

function overallRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/subview-metrics/:metric_id/:subview_type/overall",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherEveryList,
      schema: {
        ...SUBVIEW_ROUTE,
        summary: "Playing time of parts of views",
        params: MetricParams,
        querystring: SubviewQuery,
        response: { ...REFUSALS, 200: OverallWire },
      },
    },
    async (request) => {
      const { type, scope, timeframe, keepMs } = askedSubviews(request, services.now());
      const options = { name: "subview overall", keepMs };
      const [data] = await services.analytics.ask(askSubviewOverall(scope), TotalRow, options);
      if (data === undefined) throw new Error("a total has one row");
      return { data, total_row_count: null, timeframe: timeframeWire(timeframe), meta: metaOf(type) };
    },
  );
}

const BreakdownRow = z
  .object({ breakdown_values: z.array(z.string()), metric_value: z.number(), total_row_count: z.number() })
  .transform((row) => ({ ...row, field: JSON.stringify(row.breakdown_values) }));

function breakdownRoute(app: App, services: Services): void {
  const walks = new ListWalks<z.output<typeof BreakdownRow>>();
  app.get(
    "/data/v1/subview-metrics/:metric_id/:subview_type/breakdown",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherEveryList,
      schema: {
        ...SUBVIEW_ROUTE,
        summary: "Playing time of parts of views by what they are, the longest first",
        params: MetricParams,
        querystring: GroupedQuery.extend(DataPageQuery.shape),
        response: { ...REFUSALS, 200: listOf(ValueWire).extend({ meta: GroupedMetaWire }) },
      },
    },
    async (request) => {
      const { type, scope, keepMs } = askedSubviews(request, services.now());
      const attributes = requireAttributes(type, request.query["group_by[]"]);
      const list = {
        ...{ scope: scope.views, row: BreakdownRow, name: "subview breakdown", keepMs },
        ask: (views: Scope, page: Page) => ({
          ...askSubviewBreakdown({ ...scope, views }, attributes, page),
          keyed: false,
        }),
      };
      const walk = walkOf(request, services.now());
      const page = await groupsOnPage(services.analytics, walks, list, walk);
      return {
        data: page.rows.map(valueToWire),
        total_row_count: page.totalRowCount,
        timeframe: timeframeWire(page.scope),
        meta: groupedMetaOf(type, attributes),
      };
    },
  );
}
