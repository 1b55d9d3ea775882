import { z } from "zod";
import { EMPTY_VALUE, MAX_VALUE_LENGTH } from "../../../domain/data-api/filter-text.ts";
import { ApiError } from "../../../domain/errors.ts";
import { askSubviewComparison } from "../../../domain/metrics/ask/ask-subviews.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { listOf } from "./answers.ts";
import { gatherEveryList } from "./list-params.ts";
import { checked } from "./named-params.ts";
import { timeframeWire } from "./scope-query.ts";
import {
  askedSubviews,
  attributeOrDimension,
  breakdownLimit,
  GroupedMetaWire,
  GroupedQuery,
  groupedMetaOf,
  MetricParams,
  requireAttributes,
  SUBVIEW_ROUTE,
  textOrEmpty,
  ValueWire,
  valueToWire,
} from "./subview-params.ts";

const MAX_VALUES = 4;
const ONE_TO_FOUR = `give 1 to ${MAX_VALUES} values`;

const ComparisonQuery = GroupedQuery.extend({
  dimension: z.string().describe("What is compared: a dimension of views, or an attribute of their parts"),
  "values[]": z
    .array(z.string().max(MAX_VALUE_LENGTH), ONE_TO_FOUR)
    .min(1, ONE_TO_FOUR)
    .max(MAX_VALUES, ONE_TO_FOUR)
    .describe("1 to 4 values of it, __empty__ for no value"),
  breakdown_value_limit: breakdownLimit,
});

const Row = z.object({
  dimension_value: z.string(),
  breakdown_values: z.array(z.string()),
  metric_value: z.number(),
});

const GroupWire = z.object({
  dimension_value: z.string().describe("As it was asked; __empty__ for no value"),
  values: z.array(ValueWire).describe("The longest first; none where no view has such parts"),
});

/** `…/comparison`: the breakdown of several values of a dimension side by side, in the order asked. */
export function subviewComparisonRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/subview-metrics/:metric_id/:subview_type/comparison",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherEveryList,
      schema: {
        ...SUBVIEW_ROUTE,
        summary: "Playing time of parts of views for several values of a dimension",
        params: MetricParams,
        querystring: ComparisonQuery,
        response: {
          ...REFUSALS,
          200: listOf(GroupWire).extend({ meta: GroupedMetaWire.extend({ dimension: z.string() }) }),
        },
      },
    },
    async (request) => {
      const { type, scope, timeframe, keepMs } = askedSubviews(request, services.now());
      const { dimension: id, breakdown_value_limit: limit } = request.query;
      const attributes = requireAttributes(type, request.query["group_by[]"]);
      const by = attributeOrDimension(type, id);
      if (by === null)
        throw new ApiError("invalid_parameters", [`dimension: there is no dimension ${id.slice(0, 100)}`]);
      const values = request.query["values[]"].map(asStored);
      const question = checked("values[]", () => askSubviewComparison(scope, attributes, by, values, limit));
      const rows = await services.analytics.ask(question, Row, { name: "subview comparison", keepMs });
      const byValue = Map.groupBy(rows, ({ dimension_value }) => dimension_value);
      return {
        data: values.map((value) => ({
          dimension_value: textOrEmpty(value),
          values: (byValue.get(value) ?? []).map(valueToWire),
        })),
        total_row_count: values.length,
        timeframe: timeframeWire(timeframe),
        meta: { ...groupedMetaOf(type, attributes), dimension: id },
      };
    },
  );
}

/** No value is "" in the store, and an empty list too. */
function asStored(value: string): string {
  return value === EMPTY_VALUE || value === "[]" ? "" : value;
}
