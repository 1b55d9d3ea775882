import { randomUUID } from "node:crypto";
import { z } from "zod";
import { handWritten } from "../queries/hand-written.ts";
import type { Row } from "../queries/measure-question.ts";
import { asked, type Call, dataRows, get, type KindOf, type Named } from "./call.ts";
import {
  customersSql,
  customersSqlByHand,
  eventsOf,
  fourNumbersByCountry,
  playing,
  storedUntil,
} from "./hand-written-calls.ts";

/** Rows 16 to 18, and what is ours: several numbers in one call, and SQL. */
export function viewCalls(kind: KindOf, { viewId, lastIds }: Named): Call[] {
  const list = kind("list of views");
  return [
    asked(list, {
      request: get("/video-views", "&limit=25"),
      hand: [list.hand, playing(lastIds), storedUntil],
      ...LISTED,
    }),
    {
      ...asked(list, { request: get("/video-views", "&limit=25&error_id=any"), ...LISTED }),
      name: "list of failed views",
      hand: [handWritten(viewId, []).failedViews, playing(lastIds), storedUntil],
    },
    asked(kind("one view"), {
      request: () => ({ path: `/video-views/${viewId}` }),
      hand: [kind("one view").hand, eventsOf(viewId)],
      rows: (body) => dataRows(body).map(({ id, country_code }) => ({ viewId: id, country: country_code })),
      compared: ["viewId", "country"],
    }),
    asked(kind("errors"), {
      request: get("/errors"),
      rows: (body) => dataRows(body).map((row) => ({ ...row, code: row["player_error_code"] })),
    }),
    {
      name: "query, four numbers by country",
      weight: "usual",
      request: ({ from, to }) => ({ path: "/query", body: { ...QUERY, timeframe: [from, to] } }),
      hand: [fourNumbersByCountry],
      rows: queryRows,
      compared: ["field", "median", "p95", "rebuffering", "score"],
    },
    { name: "sql, two numbers by country", ...sqlCall(customersSql) },
    {
      name: "sql, a statement not asked before",
      ...sqlCall((from, to) => `-- ${randomUUID()}${customersSql(from, to)}`),
      isOnlyTold: true, // its two listings are looked at once for a statement
    },
  ];
}

const sqlCall = (sql: typeof customersSql): Omit<Call, "name"> => ({
  weight: "usual",
  request: ({ from, to }) => ({ path: "/sql", body: { query: sql(sqlTime(from), sqlTime(to)) } }),
  hand: [customersSqlByHand],
  rows: sqlRows,
  compared: ["field", "views", "startup"],
});

/** The server fetches ten pages at once, by hand it is the page that is shown. */
const LISTED = { rows: listRows, compared: ["view_id", "video_title", "watch_ms", "total_row_count"] };

function listRows(body: unknown): Row[] {
  return dataRows(body).map((row) => ({ ...row, view_id: row["id"], watch_ms: row["watch_time"] }));
}

const QUERY = {
  metrics: [
    { id: "video_startup_time", measurement: "median" },
    { id: "video_startup_time", measurement: "95th" },
    { id: "rebuffer_percentage" },
    { id: "viewer_experience_score" },
  ],
  group_by: ["country"],
};

function queryRows(body: unknown): Row[] {
  const Group = z.object({
    group: z.object({ country: z.string().nullable() }),
    metrics: z.array(z.object({ value: z.number().nullable() })),
  });
  const { data } = z.object({ data: z.array(Group) }).parse(body);
  return data.map(({ group, metrics }) => {
    const [median, p95, rebuffering, score] = metrics.map(({ value }) => value);
    return { field: group.country, median, p95, rebuffering, score };
  });
}

function sqlRows(body: unknown): Row[] {
  const { data } = z.object({ data: z.object({ rows: z.array(z.array(z.unknown())) }) }).parse(body);
  return data.rows.map(([field, views, startup]) => ({ field, views, startup }));
}

function sqlTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(0, 19).replace("T", " ");
}
