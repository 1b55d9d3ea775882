import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

/** What all versions of the SDK have in common. */
interface MetricsClient {
  getOverallValues(id: "video_startup_time", query: { filters: string[] }): PromiseLike<unknown>;
  getTimeseries(id: "views", query: { timeframe: string[]; group_by: "day" }): PromiseLike<unknown>;
  listBreakdownValues(
    id: "video_startup_time",
    query: { group_by: "country"; limit: number },
  ): AsyncIterable<{ field: string | null }>;
}

let server: DataServer;
let mux: Mux;

beforeAll(async () => {
  server = await startDataServer();
  mux = new Mux({ ...server.token, baseURL: server.origin });
  await server.store(
    server.view({ country: "DE", videoTitle: "One", startupMs: 100 }),
    server.view({ country: "DE", videoTitle: "Two", startupMs: 300 }),
    server.view({ country: "US", videoTitle: "", startupMs: 2_000 }),
    server.view({ country: "US", videoTitle: "One", startupMs: 200 }, { environmentId: 2 }),
  );
});
afterAll(() => server.stop());

describe("/data/v1/metrics/{METRIC_ID}", () => {
  it("overall: the value beside that of all views", async () => {
    const { data, total_row_count, meta } = await mux.data.metrics.getOverallValues("video_startup_time", {
      filters: ["country:DE"],
      timeframe: ["24:hours"],
    });
    expect(data).toMatchObject({ value: 200, global_value: 300, total_views: 2 });
    expect([total_row_count, meta]).toEqual([null, { granularity: "hour", aggregation: "median" }]);
  });

  it("overall: null where nothing holds a value, in an empty range too", async () => {
    const { data } = await mux.data.metrics.getOverallValues("video_startup_time", {
      timeframe: ["1000000", "1000001"],
    });
    expect(data).toEqual({
      value: null,
      global_value: null,
      total_views: 0,
      total_watch_time: 0,
      total_playing_time: 0,
    });
  });

  it("breakdown: by name, null for no value, the worst first, until the end", async () => {
    const rows = [];
    for await (const row of mux.data.metrics.listBreakdownValues("video_startup_time", {
      group_by: "video_title",
      limit: 1,
    }))
      rows.push([row.field, row.value, row.views, row.negative_impact]);
    expect(rows).toEqual([
      [null, 2_000, 1, 1],
      ["Two", 300, 1, 2],
      ["One", 100, 1, 3],
    ]);
  });

  it("breakdown: tells how many rows there are behind the last page too", async () => {
    const path = "/data/v1/metrics/views/breakdown?group_by=country&page=";
    const pages = await Promise.all([1, 2].map((page) => server.get(`${path}${page}`)));
    expect(pages.map(({ body }) => [body.data.length, body.total_row_count])).toEqual([
      [2, 2],
      [0, 2],
    ]);
  });

  it("timeseries: every bucket, empty ones with null", async () => {
    const { data, total_row_count, meta } = await mux.data.metrics.getTimeseries("views", { timeframe: ["3:hours"] });
    expect([total_row_count, meta.granularity]).toEqual([data.length, "ten_minutes"]);
    expect(data.filter(([, , views]) => views !== 0)).toEqual([[expect.stringMatching(/T.*:00\.000Z$/), 3, 3]]);
    expect(data.filter(([, value]) => value === null).length).toBe(data.length - 1);
  });

  it("timeseries: as many buckets as there may be, and all days there ever were", async () => {
    const { statusCode, body } = await server.get(
      "/data/v1/metrics/views/timeseries?timeframe[]=25000:minutes&group_by=minute",
    );
    expect([statusCode, body.data.length]).toEqual([200, 25_001]);
    const ever = await server.get(`/data/v1/metrics/views/timeseries?timeframe[]=0&timeframe[]=2000000000`);
    expect([ever.statusCode, ever.body.meta.granularity]).toEqual([200, "day"]);
  });

  it("timeseries: hours of a zone whose clocks are off by a quarter", async () => {
    const { body } = await server.get(
      "/data/v1/metrics/views/timeseries?timeframe[]=6:hours&group_by=hour&time_zone=Asia/Kathmandu",
    );
    expect(body.data.every(([start]: [string]) => start.endsWith(":15:00.000Z"))).toBe(true);
  });

  it("is the same for clients of four versions", async () => {
    const options = { ...server.token, baseURL: server.origin, maxRetries: 0 };
    const clients: { data: { metrics: MetricsClient } }[] = [
      ...[mux, new Mux14(options), new Mux12(options), new Mux9(options)],
    ];
    const asked = clients.map(async ({ data: { metrics } }) => {
      const rows = [];
      for await (const row of metrics.listBreakdownValues("video_startup_time", { group_by: "country", limit: 1 }))
        rows.push(row);
      const overall = await metrics.getOverallValues("video_startup_time", { filters: ["country:DE"] });
      const series = await metrics.getTimeseries("views", { timeframe: ["7:days"], group_by: "day" });
      return [overall, series, rows];
    });
    const [of15, ...others] = await Promise.all(asked);
    expect(of15?.[2]).toHaveLength(2);
    for (const other of others) expect(other).toEqual(of15);
  });

  it("breakdown: each row once, though others overtake it meanwhile", async () => {
    await server.store(...["A", "B", "C", "D"].map((country) => server.view({ country, playerName: "walked" })));
    const fields: (string | null)[] = [];
    for await (const { field } of mux.data.metrics.listBreakdownValues("views", {
      ...{ group_by: "country", order_by: "views", filters: ["player_name:walked"], limit: 1 },
    })) {
      fields.push(field);
      const busy = fields.length % 2 === 0 ? "D" : "new";
      await server.store(...Array.from({ length: 3 }, () => server.view({ country: busy, playerName: "walked" })));
      server.advance(10_000);
    }
    expect(fields).toEqual(["A", "B", "C", "D"]);
  });

  it.each([
    ["metrics/speed/overall", 404, /no metric speed/],
    ["metrics/views/overall?measurement=median", 400, /measurement: views has count/],
    ["metrics/views/overall?measurement=mean", 400, /measurement/],
    ["metrics/views/breakdown?group_by=colour", 400, /group_by: there is no dimension colour/],
    ["metrics/views/breakdown?group_by=custom_11", 400, /can only be filtered by/],
    ["metrics/views/breakdown?limit=101", 400, /limit/],
    ["metrics/views/breakdown?page=0", 400, /page/],
    ["metrics/views/overall?filters[]=country", 400, /filters\[\] "country"/],
    ["metrics/views/overall?metric_filters[]=views>1", 400, /views cannot select views/],
    ["metrics/views/overall?timeframe[]=tomorrow", 400, /timeframe\[\]/],
    ["metrics/views/timeseries?timeframe[]=90:days&group_by=minute", 400, /buckets/],
    ["metrics/views/timeseries?time_zone=europe/berlin", 400, /time_zone/],
  ])("%s is %i", async (path, status, message) => {
    const { statusCode, body } = await server.get(`/data/v1/${path}`);
    expect(statusCode).toBe(status);
    expect(body.error.messages.join()).toMatch(message);
  });
});
