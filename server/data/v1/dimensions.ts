import { z } from "zod";
import { parseTimeframe } from "../../../domain/data-api/timeframe.ts";
import {
  askDimensionValues,
  askElements,
  type ValueOptions,
} from "../../../domain/metrics/ask/ask-dimension-values.ts";
import type { Page } from "../../../domain/metrics/ask/page.ts";
import { DIMENSIONS, type Dimension, type DimensionType } from "../../../domain/metrics/dimensions.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { text } from "../../http/text.ts";
import { ListWalks } from "../list-walks.ts";
import { namesOf } from "../names-of.ts";
import { groupsOnPage } from "../walk-groups.ts";
import { listOf, orNull, TimeframeWire } from "./answers.ts";
import { gatherLists } from "./list-params.ts";
import { checked, requireDimension } from "./named-params.ts";
import { DataPageQuery, DirectionQuery, walkOf } from "./page-query.ts";
import { askedOf, ScopeQuery, timeframeWire } from "./scope-query.ts";

const MAX_SEARCH_LENGTH = 255;

const common = { tags: ["Dimensions"], security: [{ accessToken: [] }] };

/** /data/v1/dimensions, and /data/v1/filters as older clients call it (reference data-api.md §2, rows 1 to 4). */
export function dimensionRoutes(app: App, services: Services): void {
  const walks: Walks = new ListWalks();
  const values = (path: string, deprecated: boolean, ask: ValuesAddress["ask"]) =>
    valuesRoute(app, services, { path, deprecated, ask, walks });
  listRoute(app, services, { path: "/data/v1/dimensions", deprecated: false });
  listRoute(app, services, { path: "/data/v1/filters", deprecated: true });
  values("/data/v1/dimensions/:dimension_id", false, askDimensionValues);
  values("/data/v1/filters/:dimension_id", true, askDimensionValues);
  values("/data/v1/dimensions/:dimension_id/elements", false, (scope, dimension, options) => {
    return { ...askElements(scope, dimension, options), keyed: false };
  });
}

const TYPES = [
  "string",
  "integer",
  "number",
  "boolean",
  "version",
  "url",
  "sequence",
] as const satisfies readonly DimensionType[];

const DimensionsWire = z.object({
  data: z.object({
    basic: z.array(z.string()).describe("Ids of dimensions that break down and filter"),
    advanced: z.array(z.string()).describe("The same, of those that long-term numbers will not keep"),
    filter_only: z.array(z.string()).describe("Ours: dimensions that only filter"),
  }),
  total_row_count: z.null(),
  timeframe: TimeframeWire,
  details: z
    .array(
      z.object({
        id: z.string(),
        title: z.string().describe("For people"),
        type: z.enum(TYPES).describe("Of the values, all of which are told as text; sequence: lists"),
        groupable: z.boolean().describe("Breaks numbers down; else it only filters"),
      }),
    )
    .describe("Ours: what each of them is"),
});

interface Address {
  path: string;
  deprecated: boolean;
}

function listRoute(app: App, services: Services, { path, deprecated }: Address): void {
  const idsOf = (keep: (dimension: Dimension) => boolean) => DIMENSIONS.filter(keep).map(({ id }) => id);
  const data = {
    basic: idsOf(({ groupable, level }) => groupable && level === "basic"),
    advanced: idsOf(({ groupable, level }) => groupable && level === "advanced"),
    filter_only: idsOf(({ groupable }) => !groupable),
  };
  const details = DIMENSIONS.map(({ id, title, type, groupable }) => ({ id, title, type, groupable }));
  app.get(
    path,
    {
      onRequest: allow(services, "data:read"),
      schema: { ...common, deprecated, summary: "List the dimensions", response: { ...REFUSALS, 200: DimensionsWire } },
    },
    async () => {
      const timeframe = timeframeWire(parseTimeframe([], services.now()));
      return { data, total_row_count: null, timeframe, details };
    },
  );
}

const ValueRow = z.object({ field: z.string(), total_count: z.number(), total_row_count: z.number() });

const ValuesWire = listOf(
  z.object({
    value: z.string().nullable().describe("null: views without a value"),
    total_count: z.number().describe("Views that ended in the range; with weighted=true not whole"),
  }),
);

const Params = z.object({ dimension_id: z.string() });

const ValuesQuery = ScopeQuery.extend({
  ...DataPageQuery.shape,
  query: text(MAX_SEARCH_LENGTH).default("").describe("Part of the value, in any case (ours)"),
  order_by: z
    .enum(["negative_impact", "value", "views", "field"])
    .default("views")
    .describe("value and field: by the value itself; negative_impact: by views"),
  order_direction: DirectionQuery.default("desc"),
});

type Walks = ListWalks<z.output<typeof ValueRow>>;

interface ValuesAddress extends Address {
  walks: Walks;
  ask: (scope: Scope, dimension: Dimension, options: ValueOptions) => ReturnType<typeof askDimensionValues>;
}

function valuesRoute(app: App, services: Services, { path, deprecated, ask, walks }: ValuesAddress): void {
  const ofElements = path.endsWith("/elements");
  app.get(
    path,
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...{ ...common, deprecated, params: Params, querystring: ValuesQuery },
        summary: ofElements
          ? "List what the lists of a dimension hold, with their views"
          : "List the values of a dimension, with their views",
        response: { ...REFUSALS, 200: ValuesWire },
      },
    },
    async (request) => {
      const dimension = requireDimension(request.params.dimension_id);
      const { scope: asked, keepMs } = askedOf(request.query, callerOf(request).environmentId, services.now());
      const { query: search, order_by: orderBy, order_direction: direction } = request.query;
      const list = {
        ...{ scope: asked, row: ValueRow, name: ofElements ? "elements" : "values", keepMs },
        ask: (scope: Scope, page: Page) =>
          checked("dimension_id", () => ask(scope, dimension, { ...page, search, orderBy, direction })),
      };
      const { analytics } = services;
      const found = await groupsOnPage(analytics, walks, list, walkOf(request, services.now()));
      const fields = found.rows.map(({ field }) => field);
      const nameOf = await namesOf(analytics, found.scope, { dimension, keyed: found.keyed, fields, keepMs });
      return {
        data: found.rows.map(({ field, total_count }) => ({ value: orNull(nameOf(field)), total_count })),
        total_row_count: found.totalRowCount,
        timeframe: timeframeWire(found.scope),
      };
    },
  );
}
