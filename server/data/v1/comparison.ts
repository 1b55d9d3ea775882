import { z } from "zod";
import { COMPARED_TYPES, comparisonToWire } from "../../../domain/data-api/comparison-wire.ts";
import { EMPTY_VALUE, MAX_VALUE_LENGTH, whatIsWrongWith } from "../../../domain/data-api/filter-text.ts";
import { ApiError } from "../../../domain/errors.ts";
import { askComparison, type Slice } from "../../../domain/metrics/ask/ask-comparison.ts";
import { MEASUREMENTS } from "../../../domain/metrics/metric.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { text } from "../../http/text.ts";
import { TimeframeWire } from "./answers.ts";
import { gatherLists } from "./list-params.ts";
import { checked, requireGroupable } from "./named-params.ts";
import { askedOf, ScopeQuery, timeframeWire } from "./scope-query.ts";

const ComparisonRow = z.record(z.string(), z.number().nullable());

const TotalsWire = z.object({
  name: z.literal("totals"),
  view_count: z.number().describe("The same as started_views"),
  watch_time: z.number().describe("Milliseconds"),
  started_views: z.number(),
  ended_views: z.number(),
  unique_viewers: z.number(),
  total_playing_time: z.number().describe("Milliseconds"),
});

const ItemWire = z.object({
  name: z.string().describe("For people"),
  metric: z.string(),
  type: z.enum(COMPARED_TYPES).describe("What the value is counted in; percentages and scores are 0..1"),
  value: z.number().nullable().describe("null where no view holds a value"),
  measurement: z.enum(MEASUREMENTS),
});

const ComparisonWire = z.object({
  data: z
    .array(
      z.union([
        TotalsWire,
        ItemWire.extend({ items: z.array(ItemWire).optional().describe("The numbers behind a score") }),
      ]),
    )
    .describe("The totals, then the scores; always in the same order"),
  total_row_count: z.null(),
  timeframe: TimeframeWire,
});

const ComparisonQuery = ScopeQuery.extend({
  dimension: z.string().optional().describe("Id of a dimension; with value. All views if left out"),
  value: text(MAX_VALUE_LENGTH)
    .optional()
    .describe("The value that views must have; empty for views without one, [a,b] where values are lists"),
});
type Query = z.output<typeof ComparisonQuery>;

/** GET /data/v1/metrics/comparison (reference data-api.md §2, row 5; §2.1). */
export function comparisonRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/metrics/comparison",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        tags: ["Metrics"],
        security: [{ accessToken: [] }],
        summary: "Every score of some views, with the numbers behind it",
        description: "To compare values of a dimension, ask once for each.",
        querystring: ComparisonQuery,
        response: { ...REFUSALS, 200: ComparisonWire },
      },
    },
    async (request) => {
      const { scope, timeframe, keepMs } = askedOf(request.query, callerOf(request).environmentId, services.now());
      const slice = sliceOf(request.query);
      const question = checked("value", () => askComparison(scope, slice));
      const [row] = await services.analytics.ask(question, ComparisonRow, { name: "comparison", keepMs });
      if (row === undefined) throw new Error("a comparison has one row");
      return { data: comparisonToWire(row), total_row_count: null, timeframe: timeframeWire(timeframe) };
    },
  );
}

function sliceOf({ dimension: id, value }: Query): Slice | null {
  if (id === undefined && value === undefined) return null;
  if (id === undefined) throw wrong("dimension: name the dimension that value belongs to");
  const dimension = requireGroupable("dimension", id);
  if (value === undefined) throw wrong("value: name the value of dimension, or leave dimension out");
  if (value === EMPTY_VALUE) return { dimension, value: "" };
  const mistake = whatIsWrongWith(value, dimension);
  if (mistake !== null) throw wrong(`value: ${mistake}`);
  return { dimension, value };
}

function wrong(message: string): ApiError {
  return new ApiError("invalid_parameters", [message]);
}
