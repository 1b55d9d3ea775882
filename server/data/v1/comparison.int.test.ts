import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOtherTenant, createToken } from "../../testing/tenant.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

let server: DataServer;
let options: { tokenId: string; tokenSecret: string; baseURL: string; maxRetries: number };
let mux: Mux;

beforeAll(async () => {
  server = await startDataServer();
  options = { ...server.token, baseURL: server.origin, maxRetries: 0 };
  mux = new Mux(options);
  await server.store(
    server.view({ country: "DE", viewerId: "a", watchMs: 1_000, playingMs: 900, startupMs: 100, cdnTrace: ["x", "y"] }),
    server.view({ country: "DE", viewerId: "a", watchMs: 2_000, playingMs: 1_800, startupMs: 300, cdnTrace: ["x"] }),
    server.view({ country: "US", viewerId: "b", watchMs: 4_000, playingMs: 3_600, startupMs: 2_000, hasAd: true }),
    server.view({ country: "", viewerId: "c", watchMs: 8_000, playingMs: 7_200, startupMs: null }),
    server.view({ country: "DE", viewerId: "d" }, { environmentId: 2 }),
  );
});
afterAll(() => server.stop());

describe("/data/v1/metrics/comparison", () => {
  it("describes all views, and one value of a dimension", async () => {
    const [all, germany] = await Promise.all([
      mux.data.metrics.list(),
      mux.data.metrics.list({ dimension: "country", value: "DE" }),
    ]);
    expect(all.data[0]).toEqual({
      ...{ name: "totals", view_count: 4, started_views: 4, ended_views: 4, unique_viewers: 3 },
      ...{ watch_time: 15_000, total_playing_time: 13_500 },
    });
    expect(germany.data[0]).toMatchObject({ view_count: 2, unique_viewers: 1, watch_time: 3_000 });
    expect([germany.total_row_count, (germany.timeframe[1] ?? 0) - (germany.timeframe[0] ?? 0)]).toEqual([
      null,
      86_400,
    ]);
    const startup = germany.data.find(({ metric }) => metric === "startup_time_score");
    expect(startup?.items?.slice(0, 2)).toEqual([
      {
        ...{ name: "Video Startup Time (median)", metric: "video_startup_time", type: "milliseconds", value: 200 },
        measurement: "median",
      },
      {
        ...{ name: "Video Startup Time (95th %)", metric: "video_startup_time", type: "milliseconds", value: 290 },
        measurement: "95th",
      },
    ]);
  });

  it("tells the numbers that overall tells, each by its measurement", async () => {
    const { data } = await mux.data.metrics.list();
    const items = data.flatMap(({ items = [], ...score }) => [score, ...items]).filter(({ metric }) => metric);
    expect(items).toHaveLength(33);
    for (const { metric, measurement, value } of items as { metric: string; measurement: string; value: number }[]) {
      const { body } = await server.get(`/data/v1/metrics/${metric}/overall?measurement=${measurement}`);
      expect([metric, measurement, value]).toEqual([metric, measurement, body.data.value]);
    }
  });

  it.each([
    ["dimension=country&value=", 1],
    ["dimension=country&value=__empty__", 1],
    ["dimension=country&value=FR", 0],
    ["dimension=video_cdn_trace&value=[x,y]", 1],
    ["dimension=video_cdn_trace&value=[]", 2],
    ["dimension=view_has_ad&value=true", 1],
    ["dimension=asn&value=64500", 0],
    ["dimension=country&value=DE&filters[]=country:US", 0],
    ["dimension=country&value=DE&metric_filters[]=video_startup_time>200", 1],
    ["timeframe[]=1000000&timeframe[]=1000001", 0],
    ["timeframe[]=0&timeframe[]=7258118400", 4],
  ])("%s has %i views", async (query, views) => {
    const { body } = await server.get(`/data/v1/metrics/comparison?${query}`);
    expect(body.data?.[0]?.view_count, JSON.stringify(body)).toBe(views);
    if (views === 0)
      expect(body.data.slice(1).map(({ value }: { value: unknown }) => value)).toEqual(Array(5).fill(null));
  });

  it("is the same for clients of four versions", async () => {
    const query = { dimension: "country", value: "US" } as const;
    const [of15, ...others] = await Promise.all([
      mux.data.metrics.list(query),
      new Mux14(options).data.metrics.list(query),
      new Mux12(options).data.metrics.list(query),
      new Mux9(options).data.metrics.list(query),
    ]);
    expect(of15.data[0]).toMatchObject({ view_count: 1 });
    for (const other of others) expect(other).toEqual(of15);
  });

  it("is of one environment", async () => {
    const other = await createOtherTenant(server.db);
    const authorization = await createToken(server.db, other.environmentId, ["data:read"]);
    const answer = await server.app.inject({ url: "/data/v1/metrics/comparison", headers: { authorization } });
    expect(answer.json().data[0]).toMatchObject({ view_count: 1, unique_viewers: 1 });
  });

  it.each([
    ["dimension=country", /value: name the value/],
    ["value=DE", /dimension: name the dimension/],
    ["dimension=colour&value=red", /dimension: there is no dimension colour/],
    ["dimension=custom_11&value=x", /can only be filtered by/],
    ["dimension=video_cdn_trace&value=x", /value: video_cdn_trace holds lists, such as \[a,b\]/],
    ["dimension=view_has_ad&value=yes", /value: view_has_ad is true or false/],
    ["dimension=asn&value=AS1", /value: asn is a number/],
    [`dimension=country&value=${"x".repeat(8_193)}`, /value.*8192/],
    ["filters[]=colour:red", /filters\[\]/],
    ["metric_filters[]=views>1", /metric_filters\[\]/],
    ["timeframe[]=soon", /timeframe\[\]/],
  ])("%.60s is refused", async (query, message) => {
    const { statusCode, body } = await server.get(`/data/v1/metrics/comparison?${query}`);
    expect(statusCode).toBe(400);
    expect(body.error.messages.join()).toMatch(message);
  });
});
