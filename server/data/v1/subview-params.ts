import { z } from "zod";
import { EMPTY_VALUE } from "../../../domain/data-api/filter-text.ts";
import { parseSubviewFilters } from "../../../domain/data-api/subview-filters.ts";
import type { Timeframe } from "../../../domain/data-api/timeframe.ts";
import { ApiError } from "../../../domain/errors.ts";
import type { SubviewRow } from "../../../domain/metrics/ask/ask-subviews.ts";
import type { SubviewScope } from "../../../domain/metrics/ask/subview-rows.ts";
import { type Dimension, dimensionById } from "../../../domain/metrics/dimensions.ts";
import {
  SUBVIEW_TYPES,
  SUBVIEWS,
  type SubviewAttribute,
  type SubviewType,
  subviewAttribute,
} from "../../../domain/metrics/subview.ts";
import { callerOf } from "../../auth/api-guard.ts";
import { listParam } from "./list-params.ts";
import { limitParam } from "./monitoring-params.ts";
import { askedOf, ScopeQuery } from "./scope-query.ts";

/** The only metric that parts of views have. */
const METRIC = "playing_time";
const UNIT = "milliseconds";

/** What every subview route has in common. */
export const SUBVIEW_ROUTE = { tags: ["Subview metrics"], security: [{ accessToken: [] }] };

export const TypeParams = z.object({ subview_type: z.string().describe(SUBVIEW_TYPES.join(" or ")) });
export const MetricParams = TypeParams.extend({ metric_id: z.string().describe(METRIC) });

/** Views are narrowed down as everywhere, and by what their parts have themselves. */
export const SubviewQuery = ScopeQuery;
export const GroupedQuery = SubviewQuery.extend({
  "group_by[]": listParam("Attributes that tell parts apart; all of the type if left out"),
});
export const breakdownLimit = limitParam({ most: 100, other: 10 }, "Values of the breakdown, the longest first");

export const MetaWire = z.object({ metric: z.string(), subview_type: z.string(), unit: z.string() });
export const GroupedMetaWire = MetaWire.extend({ group_by: z.array(z.string()) });

export const ValueWire = z.object({
  breakdown_value: z.string().describe("The values of group_by, with commas between; __empty__ for no value"),
  breakdown_values: z.array(z.string().nullable()).describe("Ours: the same one by one, null for no value"),
  metric_value: z.number().describe("Milliseconds"),
});

export function valueToWire({ breakdown_values, metric_value }: SubviewRow): z.input<typeof ValueWire> {
  return {
    breakdown_value: breakdown_values.map(textOrEmpty).join(","),
    breakdown_values: breakdown_values.map((value) => (value === "" ? null : value)),
    metric_value,
  };
}

/** How values are written that clients send back in filters: never "". */
export function textOrEmpty(value: string): string {
  return value === "" ? EMPTY_VALUE : value;
}

export interface AskedSubviews {
  type: SubviewType;
  scope: SubviewScope;
  timeframe: Timeframe;
  keepMs: number;
}

interface SubviewRequest {
  params: z.output<typeof TypeParams> & { metric_id?: string };
  query: z.output<typeof SubviewQuery>;
}

/** @throws ApiError: 404 for a metric or type that there is not, 400 for a range or filter that is none */
export function askedSubviews(request: SubviewRequest & Parameters<typeof callerOf>[0], nowMs: number): AskedSubviews {
  const { params, query } = request;
  if (params.metric_id !== undefined && params.metric_id !== METRIC)
    throw new ApiError("not_found", [`There is no subview metric ${params.metric_id.slice(0, 100)}: ${METRIC} is one`]);
  const type = requireSubviewType(params.subview_type);
  const asked = askedOf({ ...query, "filters[]": [] }, callerOf(request).environmentId, nowMs);
  const { views, parts } = parseSubviewFilters(type, query["filters[]"]);
  return {
    ...{ type, timeframe: asked.timeframe, keepMs: asked.keepMs },
    scope: { type, views: { ...asked.scope, filters: views }, filters: parts },
  };
}

export function requireSubviewType(text: string): SubviewType {
  const type = SUBVIEW_TYPES.find((each) => each === text);
  if (type !== undefined) return type;
  throw new ApiError("not_found", [`There is no subview type ${text.slice(0, 100)}: ${SUBVIEW_TYPES.join(", ")}`]);
}

/** What `group_by[]` names, each once; everything that parts of the type have where it names nothing. */
export function requireAttributes(type: SubviewType, ids: readonly string[]): readonly SubviewAttribute[] {
  const { attributes } = SUBVIEWS[type];
  if (ids.length === 0) return attributes;
  return [...new Set(ids)].map((id) => {
    const attribute = subviewAttribute(type, id);
    if (attribute !== null) return attribute;
    const known = attributes.map((each) => each.id).join(", ");
    throw new ApiError("invalid_parameters", [`group_by[]: a ${type} has ${known}, not ${id.slice(0, 100)}`]);
  });
}

/** What parts have goes before what their views have; null for neither. */
export function attributeOrDimension(type: SubviewType, id: string): SubviewAttribute | Dimension | null {
  return subviewAttribute(type, id) ?? dimensionById(id);
}

export function metaOf(type: SubviewType): z.input<typeof MetaWire> {
  return { metric: METRIC, subview_type: type, unit: UNIT };
}

export function groupedMetaOf(
  type: SubviewType,
  attributes: readonly SubviewAttribute[],
): z.input<typeof GroupedMetaWire> {
  return { ...metaOf(type), group_by: attributes.map(({ id }) => id) };
}
