import { z } from "zod";
import { INSIGHT_DIMENSIONS } from "../../domain/metrics/insight-dimensions.ts";
import { handWritten } from "../queries/hand-written.ts";
import { insightColumn } from "../queries/insight-columns.ts";
import { type Kind, kindsOf, THREE_FILTERS } from "../queries/kinds.ts";
import type { Row } from "../queries/measure-question.ts";
import { asked, type Call, dataRows, get, type KindOf, type Named, RowSchema } from "./call.ts";
import { traceElements } from "./hand-written-calls.ts";
import { liveCalls } from "./live-calls.ts";
import { partCalls } from "./part-calls.ts";
import { viewCalls } from "./view-calls.ts";

/** Every kind of call. */
export function callsOf(named: Named): Call[] {
  const kinds = new Map(kindsOf(named.viewId).map((kind) => [kind.name, kind]));
  const kind = (name: string): Kind => {
    const found = kinds.get(name);
    if (found === undefined) throw new RangeError(`no kind of question is called ${name}`);
    return found;
  };
  return [
    ...numberCalls(kind),
    ...groupCalls(kind),
    ...seriesCalls(kind),
    ...acrossCalls(kind, named),
    ...partCalls(kind),
    ...viewCalls(kind, named),
    ...liveCalls(named),
  ];
}

/** Row 7: one number for a range. */
function numberCalls(kind: KindOf): Call[] {
  const overall = (
    name: string,
    metric: string,
    measurement: string,
    more: Partial<Call> & { filter?: string } = {},
  ) => {
    const { filter = "", ...rest } = more;
    const request = get(`/metrics/${metric}/overall`, `&measurement=${measurement}${filter}`);
    return { ...asked(kind(name), { request, rows: dataRows, ...rest }), name: `overall, ${name}` };
  };
  // the number without filters is part of the answer
  const whole = { hand: [kind("three filters, p95").hand, kind("p95 startup").hand] };
  const filters = THREE_FILTERS.flatMap(({ dimension, values, negated }) => {
    return values.map((value) => `&filters[]=${negated ? "!" : ""}${dimension}:${value}`);
  }).join("");
  return [
    overall("median startup", "video_startup_time", "median"),
    overall("p95 startup", "video_startup_time", "95th"),
    overall("avg rebuffering", "rebuffer_percentage", "avg"),
    overall("sum playing time", "playing_time", "sum"),
    overall("count of views", "views", "count"),
    overall("unique viewers", "unique_viewers", "count"),
    overall("three filters, p95", "video_startup_time", "95th", { ...whole, filter: filters }),
    overall("metric filter, p95", "video_startup_time", "95th", {
      hand: [kind("metric filter, p95").hand, kind("p95 startup").hand],
      filter: "&metric_filters[]=rebuffer_count%3E=2",
    }),
  ];
}

/** Row 6. Keys and their names are not told alike, so their numbers are compared. */
function groupCalls(kind: KindOf): Call[] {
  const by = (name: string, metric: string, query: string, compared: readonly string[]): Call => ({
    ...asked(kind(name), { request: get(`/metrics/${metric}/breakdown`, query), rows: dataRows, compared }),
    name: `breakdown ${name}`,
  });
  return [
    by("by country, median", "video_startup_time", "&group_by=country", ["field", "value", "views"]),
    by("by video_title, median", "video_startup_time", "&group_by=video_title&order_by=views", ["value", "views"]),
    by("by custom_2, avg", "viewer_experience_score", "&group_by=custom_2&order_by=views", ["value", "views"]),
  ];
}

/** Row 9. */
function seriesCalls(kind: KindOf): Call[] {
  const series = (name: string, metric: string, query: string): Call => ({
    ...asked(kind(name), { request: get(`/metrics/${metric}/timeseries`, query), rows: pointRows }),
    name: `timeseries, ${name}`,
  });
  return [
    series("views by the hour", "views", "&group_by=hour"),
    series("playing by the day", "playing_time", "&group_by=day"),
    series("startup by the hour", "video_startup_time", "&group_by=hour"),
  ];
}

/** Empty buckets have no row in SQL. */
function pointRows(body: unknown): Row[] {
  const Point = z.tuple([z.iso.datetime(), z.number().nullable(), z.number()]);
  const { data } = z.object({ data: z.array(Point) }).parse(body);
  return data
    .filter(([, , views]) => views > 0)
    .map(([time, value, views]) => ({ start_ms: Date.parse(time), value, views }));
}

/** Rows 2, 3, 5 and 8. */
function acrossCalls(kind: KindOf, { viewId }: Named): Call[] {
  const insights = handWritten(
    viewId,
    INSIGHT_DIMENSIONS.map(({ id }) => insightColumn(id)),
  ).insights;
  return [
    asked(kind("comparison"), { request: get("/metrics/comparison"), rows: comparedRow }),
    asked(kind("insights"), {
      request: get("/metrics/video_startup_time/insights", "&measurement=avg"),
      hand: [insights],
      rows: (body) =>
        dataRows(body).map(({ filter_column, metric, negative_impact_score, total_views }) => {
          return { dimension: filter_column, value: metric, impact: negative_impact_score, views: total_views };
        }),
      compared: ["dimension", "value", "impact", "views"],
    }),
    {
      name: "elements of video_cdn_trace",
      weight: "usual",
      request: get("/dimensions/video_cdn_trace/elements"),
      hand: [traceElements],
      rows: (body) => dataRows(body).map((row) => ({ ...row, value: row["value"] ?? "" })),
      compared: ["value", "total_count"],
    },
    asked(kind("values of video_title"), {
      request: get("/dimensions/video_title"),
      rows: dataRows,
      compared: ["total_count"],
    }),
  ];
}

/** Totals and all numbers of a comparison in one row, as its columns are called. */
function comparedRow(body: unknown): Row[] {
  const [totals, ...scores] = dataRows(body);
  const items = scores.flatMap((score) => [score, ...z.array(RowSchema).default([]).parse(score["items"])]);
  return [
    {
      views_count: totals?.["view_count"],
      unique_viewers_count: totals?.["unique_viewers"],
      playing_time_sum: totals?.["total_playing_time"],
      ...Object.fromEntries(items.map(({ metric, measurement, value }) => [`${metric}_${measurement}`, value])),
    },
  ];
}
