import { z } from "zod";
import type { Row } from "../queries/measure-question.ts";
import { asked, type Call, dataRows, get, type KindOf } from "./call.ts";
import { renditionComparison, renditionsByDay, renditionTime, renditionTimeByCountry } from "./hand-written-calls.ts";

const PATH = "/subview-metrics/playing_time/rendition";
const BY_HEIGHT = "&group_by[]=video_source_height";
const usual = { weight: "usual" } as const;

/** Rows 10 to 13 and 15: playing time of renditions. */
export function partCalls(kind: KindOf): Call[] {
  return [
    {
      ...usual,
      name: "subview overall",
      request: get(`${PATH}/overall`),
      hand: [renditionTime],
      rows: dataRows,
      compared: ["metric_value"],
    },
    asked(kind("subview breakdown"), {
      request: get(`${PATH}/breakdown`, BY_HEIGHT),
      rows: dataRows,
      compared: ["metric_value"],
    }),
    {
      ...usual,
      name: "subview comparison",
      request: get(`${PATH}/comparison`, `${BY_HEIGHT}&dimension=country&values[]=DE&values[]=US`),
      hand: [renditionComparison],
      rows: (body) => nested(body, "dimension_value"),
      compared: ["dimension_value", "breakdown_value", "metric_value"],
    },
    {
      ...usual,
      name: "subview breakdown-timeseries",
      request: get(`${PATH}/breakdown-timeseries`, `${BY_HEIGHT}&time_granularity=day`),
      hand: [renditionsByDay],
      rows: (body) => sortedByTime(nested(body, "date")),
      compared: ["date", "metric_value"],
    },
    {
      ...usual,
      name: "subview values of country",
      request: get("/subview-metrics/rendition/dimensions/country"),
      hand: [renditionTimeByCountry],
      rows: dataRows,
      compared: ["value", "playing_time"],
    },
  ];
}

/** `values` of each row as rows of their own, with the row's name. */
function nested(body: unknown, name: string): Row[] {
  return dataRows(body).flatMap((row) => {
    const values = z.array(z.record(z.string(), z.unknown())).parse(row["values"]);
    return values.map((value) => ({ ...value, [name]: row[name] }));
  });
}

/** Of each bucket the API keeps the order of the whole range, SQL that of the bucket. */
function sortedByTime(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => {
    return String(a["date"]).localeCompare(String(b["date"])) || Number(b["metric_value"]) - Number(a["metric_value"]);
  });
}
