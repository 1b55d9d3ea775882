import { z } from "zod";
import { ApiError } from "../../../domain/errors.ts";
import { askSubviewValues } from "../../../domain/metrics/ask/ask-subviews.ts";
import type { Page } from "../../../domain/metrics/ask/page.ts";
import { DIMENSIONS } from "../../../domain/metrics/dimensions.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import { SUBVIEWS } from "../../../domain/metrics/subview.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { ListWalks } from "../list-walks.ts";
import { groupsOnPage } from "../walk-groups.ts";
import { listOf } from "./answers.ts";
import { gatherEveryList } from "./list-params.ts";
import { DataPageQuery, DirectionQuery, walkOf } from "./page-query.ts";
import { timeframeWire } from "./scope-query.ts";
import {
  askedSubviews,
  attributeOrDimension,
  MetaWire,
  metaOf,
  requireSubviewType,
  SUBVIEW_ROUTE,
  SubviewQuery,
  TypeParams,
  textOrEmpty,
} from "./subview-params.ts";

/** `/data/v1/subview-metrics/{SUBVIEW_TYPE}/dimensions`, and the values of each. */
export function subviewDimensionRoutes(app: App, services: Services): void {
  listRoute(app, services);
  valuesRoute(app, services);
}

const ListWire = z.object({
  data: z.object({
    view: z.array(z.string()).describe("Of whole views"),
    subview: z.array(z.string()).describe("Of the parts themselves"),
  }),
  total_row_count: z.null(),
});

function listRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/subview-metrics/:subview_type/dimensions",
    {
      onRequest: allow(services, "data:read"),
      schema: {
        ...SUBVIEW_ROUTE,
        summary: "What parts of views can be filtered and compared by",
        params: TypeParams,
        response: { ...REFUSALS, 200: ListWire },
      },
    },
    async (request) => {
      const type = requireSubviewType(request.params.subview_type);
      const subview = SUBVIEWS[type].attributes.map(({ id }) => id);
      const view = DIMENSIONS.map(({ id }) => id).filter((id) => !subview.includes(id));
      return { data: { view, subview }, total_row_count: null };
    },
  );
}

const ValueRow = z
  .object({ value: z.string(), playing_time: z.number(), total_row_count: z.number() })
  .transform((row) => ({ ...row, field: row.value }));

const ValueWire = z.object({
  value: z.string().describe("__empty__ for no value"),
  playing_time: z.number().describe("Milliseconds"),
});

const ValuesQuery = SubviewQuery.extend({
  ...DataPageQuery.shape,
  query: z.string().max(1_024).default("").describe("Part of the value, in any case"),
  order_by: z.enum(["playing_time", "value"]).default("playing_time"),
  order_direction: DirectionQuery.default("desc").describe("The longest or the last first unless told otherwise"),
});

function valuesRoute(app: App, services: Services): void {
  const walks = new ListWalks<z.output<typeof ValueRow>>();
  app.get(
    "/data/v1/subview-metrics/:subview_type/dimensions/:dimension_name",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherEveryList,
      schema: {
        ...SUBVIEW_ROUTE,
        summary: "Values of a dimension of parts of views, with their playing time",
        params: TypeParams.extend({ dimension_name: z.string() }),
        querystring: ValuesQuery,
        response: {
          ...REFUSALS,
          200: listOf(ValueWire).extend({ meta: MetaWire.extend({ dimension_name: z.string() }) }),
        },
      },
    },
    async (request) => {
      const { type, scope, keepMs } = askedSubviews(request, services.now());
      const { dimension_name: name } = request.params;
      const { query: search, order_by: orderBy, order_direction: direction } = request.query;
      const by = attributeOrDimension(type, name);
      if (by === null) throw new ApiError("not_found", [`There is no dimension ${name.slice(0, 100)}`]);
      const list = {
        ...{ scope: scope.views, row: ValueRow, name: "subview values", keepMs },
        ask: (views: Scope, page: Page) => ({
          ...askSubviewValues({ ...scope, views }, by, { ...page, search, orderBy, direction }),
          keyed: false,
        }),
      };
      const walk = walkOf(request, services.now());
      const page = await groupsOnPage(services.analytics, walks, list, walk);
      return {
        data: page.rows.map(({ value, playing_time }) => ({ value: textOrEmpty(value), playing_time })),
        total_row_count: page.totalRowCount,
        timeframe: timeframeWire(page.scope),
        meta: { ...metaOf(type), dimension_name: name },
      };
    },
  );
}
