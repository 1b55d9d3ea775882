import type { EnvironmentId } from "../../domain/identifiers.ts";
import { askBreakdown, type BreakdownOptions } from "../../domain/metrics/ask/ask-breakdown.ts";
import { askComparison } from "../../domain/metrics/ask/ask-comparison.ts";
import { askDimensionValues } from "../../domain/metrics/ask/ask-dimension-values.ts";
import { askErrors } from "../../domain/metrics/ask/ask-errors.ts";
import { askInsights } from "../../domain/metrics/ask/ask-insights.ts";
import { askOverall } from "../../domain/metrics/ask/ask-overall.ts";
import { askSubviewBreakdown } from "../../domain/metrics/ask/ask-subviews.ts";
import { askTimeseries } from "../../domain/metrics/ask/ask-timeseries.ts";
import { askView } from "../../domain/metrics/ask/ask-view.ts";
import { askViews } from "../../domain/metrics/ask/ask-views.ts";
import { type Dimension, dimensionById } from "../../domain/metrics/dimensions.ts";
import type { Measurement, Metric } from "../../domain/metrics/metric.ts";
import { metricById } from "../../domain/metrics/metrics.ts";
import type { Scope, ViewFilter } from "../../domain/metrics/scope.ts";
import { SUBVIEWS } from "../../domain/metrics/subview.ts";
import type { Question } from "../../domain/monitoring/queries.ts";
import { LARGEST_ENVIRONMENT } from "./generated-columns.ts";
import { handWritten } from "./hand-written.ts";
import { insightColumn } from "./insight-columns.ts";

/** How long a question may take over 30 days, ms: counters and series, the usual, comparison and insights. */
export const LIMITS_MS = { light: 300, usual: 1_000, wide: 3_000 } as const;
export type Weight = keyof typeof LIMITS_MS;

/** One kind of question, as the product asks it and as a person would who knows the tables. */
export interface Kind {
  name: string;
  weight: Weight;
  ours: (scope: Scope) => Question;
  /** For range [from, to) of the columns' own time; the same numbers under the same names. */
  hand: (from: string, to: string) => string;
  /** Columns in which both must be equal, row by row. */
  compared: readonly string[];
  /** Rows of the answer where ours asks for more of them. */
  page?: number;
}

export function scopeOf(fromMs: number, toMs: number): Scope {
  return {
    environmentId: LARGEST_ENVIRONMENT as EnvironmentId, // a number from 1 on
    fromMs,
    toMs,
    filters: [],
    metricFilters: [],
    weighted: false,
    includeBots: false,
  };
}

const BY_VIEWS: BreakdownOptions = { limit: 25, offset: 0, orderBy: "views", direction: "desc" };
const WORST: BreakdownOptions = { limit: 25, offset: 0, orderBy: "negative_impact", direction: "desc" };
const ROW = ["field", "value", "views"];

/** Dimensions of a usual insight. */
const INSIGHT_DIMENSIONS = ["country", "cdn", "operating_system", "browser", "player_name", "stream_type", "asn"];

export const THREE_FILTERS: readonly ViewFilter[] = [
  { dimension: "country", operator: "is", values: ["US", "DE", "GB"], negated: false },
  { dimension: "cdn", operator: "is", values: ["fastly", "akamai"], negated: false },
  { dimension: "operating_system", operator: "is", values: ["tvOS"], negated: true },
];

/** @param viewId one that lies in the range of neither: a person looks at any view */
export function kindsOf(viewId: string): Kind[] {
  const hand = handWritten(viewId, INSIGHT_DIMENSIONS.map(insightColumn));
  const one = ["value", "total_views"];
  return [
    { ...overall("median startup", "video_startup_time", "median", "usual"), hand: hand.medianStartup, compared: one },
    { ...overall("p95 startup", "video_startup_time", "95th", "usual"), hand: hand.p95Startup, compared: one },
    { ...overall("avg rebuffering", "rebuffer_percentage", "avg", "light"), hand: hand.rebuffering, compared: one },
    { ...overall("sum playing time", "playing_time", "sum", "light"), hand: hand.playingTime, compared: one },
    { ...overall("count of views", "views", "count", "light"), hand: hand.views, compared: one },
    { ...overall("unique viewers", "unique_viewers", "count", "usual"), hand: hand.viewers, compared: ["value"] },
    {
      ...breakdown("country", "video_startup_time", "median", WORST),
      hand: hand.byCountry,
      compared: [...ROW, "impact"],
    },
    { ...breakdown("video_title", "video_startup_time", "median"), hand: hand.byTitle, compared: ROW },
    { ...breakdown("custom_2", "viewer_experience_score", "avg"), hand: hand.byCustom, compared: ROW },
    { ...series("views by the hour", "views", "count", "hour", "light"), hand: hand.viewsByHour, compared: POINT },
    {
      ...series("playing by the day", "playing_time", "sum", "day", "light"),
      hand: hand.playingByDay,
      compared: POINT,
    },
    {
      ...series("startup by the hour", "video_startup_time", "median", "hour", "light"),
      hand: hand.startupByHour,
      compared: POINT,
    },
    filtered("three filters, p95", { filters: THREE_FILTERS }, hand.threeFilters),
    filtered(
      "metric filter, p95",
      { metricFilters: [{ metric: "rebuffer_count", operator: ">=", value: 2 }] },
      hand.metricFilter,
    ),
    { name: "comparison", weight: "wide", ours: askComparison, hand: hand.comparison, compared: COMPARED },
    {
      name: "insights",
      weight: "wide",
      ours: (scope) =>
        askInsights(scope, metric("video_startup_time"), "avg", INSIGHT_DIMENSIONS.map(dimension), WORST),
      hand: hand.insights,
      compared: ["dimension", "field", "value", "impact", "views"],
    },
    {
      name: "list of views",
      weight: "usual",
      // as many rows as the server fetches for a first page, so that the next ones are of the same list; by hand the page alone
      ours: (scope) => askViews(scope, { limit: 250, offset: 0, direction: "desc", errorTypeId: null }),
      hand: hand.viewList,
      compared: ["view_id", "view_end_ms", "video_title", "watch_ms", "total_row_count"],
      page: 25,
    },
    {
      name: "errors",
      weight: "usual",
      ours: askErrors,
      hand: hand.errors,
      compared: ["id", "code", "message", "count", "percentage"],
    },
    {
      name: "values of video_title",
      weight: "usual",
      ours: (scope) => askDimensionValues(scope, dimension("video_title"), { ...BY_VIEWS, search: "" }),
      hand: hand.titles,
      compared: ["field", "total_count"],
    },
    {
      name: "one view",
      weight: "usual",
      ours: ({ environmentId }) => askView(environmentId, viewId),
      hand: hand.oneView,
      compared: ["viewId", "country", "watchMs", "attributes"],
    },
    {
      name: "subview breakdown",
      weight: "usual",
      ours: (views) =>
        askSubviewBreakdown(
          { views, type: "rendition", filters: [] },
          SUBVIEWS.rendition.attributes.slice(2, 3),
          BY_VIEWS,
        ),
      hand: hand.renditions,
      compared: ["breakdown_values", "metric_value"],
    },
  ];
}

const POINT = ["start_ms", "value", "views"];
const COMPARED = [
  "views_count",
  "unique_viewers_count",
  "playing_time_sum",
  "viewer_experience_score_avg",
  "video_startup_time_median",
  "video_startup_time_95th",
  "rebuffer_percentage_avg",
  "max_downscale_percentage_95th",
];

type Asked = Omit<Kind, "hand" | "compared">;

function overall(name: string, id: string, measurement: Measurement, weight: Weight): Asked {
  return { name, weight, ours: (scope) => askOverall(scope, metric(id), measurement) };
}

function breakdown(by: string, id: string, measurement: Measurement, options = BY_VIEWS): Asked {
  const ours = (scope: Scope) => askBreakdown(scope, metric(id), measurement, dimension(by), options);
  return { name: `by ${by}, ${measurement}`, weight: "usual", ours };
}

function series(name: string, id: string, measurement: Measurement, by: "hour" | "day", weight: Weight): Asked {
  return { name, weight, ours: (scope) => askTimeseries(scope, metric(id), measurement, by) };
}

function filtered(name: string, over: Partial<Scope>, hand: Kind["hand"]): Kind {
  const ours = (scope: Scope) => askOverall({ ...scope, ...over }, metric("video_startup_time"), "95th");
  return { name, weight: "usual", ours, hand, compared: ["value", "total_views"] };
}

function metric(id: string): Metric {
  const found = metricById(id);
  if (found === null) throw new RangeError(`no metric ${id}`);
  return found;
}

function dimension(id: string): Dimension {
  const found = dimensionById(id);
  if (found === null) throw new RangeError(`no dimension ${id}`);
  return found;
}
