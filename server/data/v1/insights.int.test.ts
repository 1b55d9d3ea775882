import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { METRICS } from "../../../domain/metrics/metrics.ts";
import { createOtherTenant, createToken } from "../../testing/tenant.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

let server: DataServer;
let options: { tokenId: string; tokenSecret: string; baseURL: string; maxRetries: number };
let mux: Mux;

/** Of 1,000 views; a third, those from DE, starts later. */
const STARTUPS = Array.from({ length: 1_000 }, (_, at) => 100 + (at % 7) + (at % 3 === 0 ? 300 : 0));

beforeAll(async () => {
  server = await startDataServer({ rate: { perSecond: 1_000_000, burst: 1_000_000 } });
  options = { ...server.token, baseURL: server.origin, maxRetries: 0 };
  mux = new Mux(options);
  await server.store(
    ...STARTUPS.map((startupMs, at) =>
      server.view({
        ...{ startupMs, country: at % 3 === 0 ? "DE" : "US", videoTitle: at % 3 === 0 ? "Heavy" : "" },
        ...{ viewerExperienceScore: 0.1 + (at % 7) / 30 },
        // of a few persons: they are no causes
        ...{ viewSessionId: `session ${at % 3}`, viewerUserId: `user ${at % 3}` },
      }),
    ),
    server.view({ country: "FR", startupMs: 9_000 }, { environmentId: 2 }),
    server.view({ country: "XX", startupMs: 9_000, bot: true }),
  );
});
afterAll(() => server.stop());

const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const ofGermany = STARTUPS.filter((_, at) => at % 3 === 0);

describe("/data/v1/metrics/{METRIC_ID}/insights", () => {
  it("names what worsens a metric most, and how much, by names and not by keys", async () => {
    const { data, total_row_count, meta } = await mux.data.metrics.getInsights("video_startup_time", {
      measurement: "avg",
    });
    const score = ((mean(ofGermany) - mean(STARTUPS)) * ofGermany.length) / STARTUPS.length;
    expect(data.map(({ filter_column, filter_value }) => [filter_column, filter_value])).toEqual([
      ["country", "DE"],
      ["video_title", "Heavy"],
    ]);
    for (const row of data) {
      expect(row.metric).toBeCloseTo(mean(ofGermany), 6);
      expect(row.negative_impact_score).toBeCloseTo(score, 6);
      expect([row.total_views, row.total_watch_time]).toEqual([334, expect.any(Number)]);
    }
    expect([total_row_count, meta]).toEqual([2, { granularity: "hour", aggregation: "avg" }]);
  });

  it("names what improves it most the other way, no value too", async () => {
    const { data } = await mux.data.metrics.getInsights("video_startup_time", { order_direction: "asc" });
    expect(data.map(({ filter_column, filter_value }) => [filter_column, filter_value])).toEqual([
      ["country", "US"],
      ["video_title", null],
    ]);
    expect(data.every(({ negative_impact_score }) => negative_impact_score < 0)).toBe(true);
  });

  it("counts all where fewer are given", async () => {
    const { body } = await server.get("/data/v1/metrics/video_startup_time/insights?limit=1");
    expect([body.data.length, body.total_row_count]).toEqual([1, 2]);
  });

  it("has none where nothing differs, and none of no views", async () => {
    const of = async (query: Mux.Data.MetricGetInsightsParams) =>
      (await mux.data.metrics.getInsights("video_startup_time", query)).data;
    expect(await of({ filters: ["country:DE"], measurement: "avg" })).toEqual([]);
    expect(await of({ timeframe: ["1000000", "1000001"] })).toEqual([]);
    expect(await of({ timeframe: ["0", "7258118400"], filters: ["country:FR"] })).toEqual([]);
  });

  it.each(["asc", "desc"] as const)("takes no rounding for a difference (%s)", async (order_direction) => {
    const query = { order_direction, filters: ["country:US"] };
    expect((await mux.data.metrics.getInsights("viewer_experience_score", query)).data).toEqual([]);
  });

  it("answers for every kind of average, and refuses where neither direction is better", async () => {
    for (const id of ["playing_time", "rebuffer_percentage", "rebuffer_count", "exits_before_video_start"])
      expect((await server.get(`/data/v1/metrics/${id}/insights`)).statusCode).toBe(200);
    for (const { id } of METRICS.filter(({ better }) => better === null)) {
      const { statusCode, body } = await server.get(`/data/v1/metrics/${id}/insights`);
      expect([statusCode, body.error.messages.join()]).toEqual([
        400,
        `metric_id: of ${id} neither direction is better`,
      ]);
    }
  });

  it("is the same for clients of four versions", async () => {
    const [of15, ...others] = await Promise.all([
      mux.data.metrics.getInsights("video_startup_time"),
      new Mux14(options).data.metrics.getInsights("video_startup_time"),
      new Mux12(options).data.metrics.getInsights("video_startup_time"),
      new Mux9(options).data.metrics.getInsights("video_startup_time"),
    ]);
    for (const other of others) expect(other).toEqual(of15);
  });

  it("is of one environment", async () => {
    const other = await createOtherTenant(server.db);
    const authorization = await createToken(server.db, other.environmentId, ["data:read"]);
    const url = "/data/v1/metrics/video_startup_time/insights?order_direction=asc";
    const answer = await server.app.inject({ url, headers: { authorization } });
    expect(answer.json().data).toEqual([]);
  });

  it.each([
    ["speed/insights", 404, /no metric speed/],
    ["video_startup_time/insights?measurement=sum", 400, /measurement: video_startup_time has/],
    ["video_startup_time/insights?order_direction=up", 400, /order_direction/],
    ["video_startup_time/insights?limit=101", 400, /limit/],
    ["video_startup_time/insights?filters[]=colour:red", 400, /filters\[\]/],
    ["video_startup_time/insights?metric_filters[]=views>1", 400, /metric_filters\[\]/],
    ["video_startup_time/insights?timeframe[]=soon", 400, /timeframe\[\]/],
  ])("%s is %i", async (path, status, message) => {
    const { statusCode, body } = await server.get(`/data/v1/metrics/${path}`);
    expect(statusCode).toBe(status);
    expect(body.error.messages.join()).toMatch(message);
  });
});

describe("/data/v1/metrics", () => {
  it("lists every metric with what it means and how it may be asked", async () => {
    const { body } = await server.get("/data/v1/metrics");
    expect([body.data.length, body.total_row_count]).toEqual([METRICS.length, METRICS.length]);
    expect(body.data.find(({ id }: { id: string }) => id === "rebuffer_score")).toEqual({
      ...{ id: "rebuffer_score", aliases: ["smoothness_score"], title: "Smoothness Score", family: "smoothness" },
      ...{ unit: "score", measurements: ["avg"], default_measurement: "avg", better: "higher", filterable: true },
      ...{ time_basis: "view_end", sentence: expect.stringMatching(/\.$/) },
    });
  });

  it("names what overall answers to: each metric, by each of its measurements", async () => {
    const { body } = await server.get("/data/v1/metrics");
    for (const { id, aliases, measurements } of body.data) {
      for (const measurement of measurements) {
        const { statusCode, body: overall } = await server.get(
          `/data/v1/metrics/${aliases[0] ?? id}/overall?measurement=${measurement}`,
        );
        expect([id, statusCode, overall.meta?.aggregation]).toEqual([id, 200, measurement]);
      }
    }
  });
});
