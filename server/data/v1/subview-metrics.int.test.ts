import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RenditionSpan, ViewRecord } from "../../../domain/view/view-record.ts";
import { TEST_START_MS } from "../../testing/test-server.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

let server: DataServer;
let mux: Mux;

const HOUR_MS = 3_600_000;
/** Long enough ago for nothing to change any more, an hour with nobody before and behind. */
const OLD_MS = Math.floor((TEST_START_MS - 72 * HOUR_MS) / HOUR_MS) * HOUR_MS;

const UNTOLD: RenditionSpan = { bitrate: 0, widthPx: 0, heightPx: 0, fps: 0, codec: "", name: "", playingMs: 0 };
const rendition = (parts: Partial<RenditionSpan>) => ({ ...UNTOLD, ...parts });
/** In no mode of the player. */
const view = (parts: Partial<ViewRecord>) => server.view({ playbackModes: [], ...parts });
const high = (playingMs: number) => rendition({ heightPx: 1_080, codec: "avc1", fps: 29.97, playingMs });
const low = (playingMs: number) => rendition({ heightPx: 720, codec: "hev1", name: "low, wide", playingMs });

beforeAll(async () => {
  server = await startDataServer();
  mux = new Mux({ ...server.token, baseURL: server.origin });
  const ended = { viewStartMs: OLD_MS + 60_000, viewEndMs: OLD_MS + 120_000, lastSeenMs: OLD_MS + 120_000 };
  await server.store(
    server.view({
      country: "DE",
      renditions: [high(7_000), low(2_000)],
      playbackModes: [{ mode: "pip", data: "", playingMs: 5 }],
    }),
    view({ country: "US", videoSourceHeightPx: 1_080, renditions: [low(4_000)] }),
    view({ country: "", renditions: [rendition({ playingMs: 500 })] }),
    server.view({ country: "DE", renditions: [high(900_000)] }, { environmentId: 2 }),
    view({ country: "DE", renditions: [high(30)], ...ended }),
  );
});
afterAll(() => server.stop());

const path = "/data/v1/subview-metrics";
const heights = { group_by: ["video_source_height"] as const };

describe("/data/v1/subview-metrics", () => {
  it("overall: all playing time of the environment's parts, and what filters keep of it", async () => {
    const all = await mux.data.subviewMetrics.getOverallValues("playing_time", "rendition");
    expect(all).toMatchObject({
      data: { metric_value: 13_500 },
      total_row_count: null,
      meta: { metric: "playing_time", subview_type: "rendition", unit: "milliseconds" },
    });
    const modes = await mux.data.subviewMetrics.getOverallValues("playing_time", "playback_mode");
    expect(modes.data.metric_value).toBe(5);
    for (const [filters, expected] of [
      [["video_source_height:720"], 6_000],
      [["video_source_height:720", "country:DE"], 2_000],
      [["!video_source_codec:hev1"], 7_500],
      [["video_source_codec:__empty__"], 500],
      [["video_source_rendition_name:low, wide"], 6_000],
      [["video_source_fps:29.97"], 7_000],
      [["country:__empty__"], 500],
    ] as const) {
      const kept = await mux.data.subviewMetrics.getOverallValues("playing_time", "rendition", {
        filters: [...filters],
      });
      expect([filters, kept.data.metric_value]).toEqual([filters, expected]);
    }
  });

  it("overall: 0 in an empty range, all of a huge one", async () => {
    for (const [timeframe, expected] of [
      [["1000000", "1000001"], 0],
      [["0", "7258118400"], 13_530],
    ] as const) {
      const { data } = await mux.data.subviewMetrics.getOverallValues("playing_time", "rendition", {
        timeframe: [...timeframe],
      });
      expect(data.metric_value).toBe(expected);
    }
  });

  it("breakdown: by one attribute, the longest first, to the end of the list", async () => {
    const rows = [];
    const query = { group_by: [...heights.group_by], limit: 1 };
    for await (const row of mux.data.subviewMetrics.listBreakdownValues("playing_time", "rendition", query))
      rows.push([row.breakdown_value, row.metric_value]);
    expect(rows).toEqual([
      ["1080", 7_000],
      ["720", 6_000],
      ["__empty__", 500],
    ]);
  });

  it("breakdown: by everything where nothing is named, each value by itself too", async () => {
    const { body } = await server.get(`${path}/playing_time/rendition/breakdown`);
    expect(body.meta.group_by).toEqual([
      ...["video_source_bitrate", "video_source_width", "video_source_height", "video_source_fps"],
      ...["video_source_codec", "video_source_rendition_name"],
    ]);
    expect(body.total_row_count).toBe(3);
    expect(body.data[1]).toEqual({
      breakdown_value: "__empty__,__empty__,720,__empty__,hev1,low, wide",
      breakdown_values: [null, null, "720", null, "hev1", "low, wide"],
      metric_value: 6_000,
    });
    const modes = await server.get(`${path}/playing_time/playback_mode/breakdown`);
    expect([modes.body.data[0].breakdown_value, modes.body.meta.group_by]).toEqual(["pip", ["player_playback_mode"]]);
  });

  it("breakdown: takes lists without brackets too", async () => {
    const { body } = await server.get(
      `${path}/playing_time/rendition/breakdown?group_by=video_source_codec&filters=country:US`,
    );
    expect(body.data.map((row: { breakdown_value: string }) => row.breakdown_value)).toEqual(["hev1"]);
  });

  it("breakdown: gives each value once to who walks it while data arrives", async () => {
    const seen: string[] = [];
    const query = { group_by: ["video_source_bitrate" as const], filters: ["country:WALK"], limit: 2 };
    const parts = (from: number) =>
      Array.from({ length: 6 }, (_, at) => rendition({ bitrate: from + at, playingMs: 100 + from - at }));
    await server.store(server.view({ country: "WALK", renditions: parts(10) }));
    for await (const row of mux.data.subviewMetrics.listBreakdownValues("playing_time", "rendition", query)) {
      seen.push(row.breakdown_value);
      if (seen.length === 2) {
        await server.store(server.view({ country: "WALK", renditions: parts(1_000) }));
        server.advance(60_000);
      }
    }
    expect(seen).toEqual(["10", "11", "12", "13", "14", "15"]);
  });

  it("comparison: the values asked, in their order, with those that have nothing", async () => {
    const { data, total_row_count, meta } = await mux.data.subviewMetrics.listComparisonValues(
      "playing_time",
      "rendition",
      { dimension: "country", values: ["US", "__empty__", "FR", "DE"], ...heights, group_by: [...heights.group_by] },
    );
    expect(data.map((row) => [row.dimension_value, row.values.map((each) => each.metric_value)])).toEqual([
      ["US", [4_000]],
      ["__empty__", [500]],
      ["FR", []],
      ["DE", [7_000, 2_000]],
    ]);
    expect([total_row_count, meta.dimension]).toEqual([4, "country"]);
  });

  it("comparison: of what parts are themselves, the longest few", async () => {
    const query = { dimension: "video_source_height", values: ["720", "1080"], breakdown_value_limit: 1 };
    const { data } = await mux.data.subviewMetrics.listComparisonValues("playing_time", "rendition", query);
    expect(data.map((row) => row.values.map((each) => each.metric_value))).toEqual([[6_000], [7_000]]);
  });

  it("breakdown-timeseries: a bucket for every hour, and up to when they are complete", async () => {
    const fromMs = OLD_MS - HOUR_MS;
    const timeframe = [String(fromMs / 1_000), String((OLD_MS + 2 * HOUR_MS) / 1_000)];
    const old = await mux.data.subviewMetrics.getBreakdownTimeseries("playing_time", "rendition", {
      ...{ timeframe, group_by: [...heights.group_by] },
    });
    expect(old.data.map(({ date, status, values }) => [date, status, values.map((each) => each.metric_value)])).toEqual(
      [
        [new Date(fromMs).toISOString(), "complete", []],
        [new Date(OLD_MS).toISOString(), "complete", [30]],
        [new Date(OLD_MS + HOUR_MS).toISOString(), "complete", []],
      ],
    );
    expect(old.meta).toMatchObject({ time_granularity: "hour", group_by: ["video_source_height"] });
    expect(Date.parse(old.meta.complete_through)).toBe(TEST_START_MS - 25 * HOUR_MS - 1_000);

    const today = await mux.data.subviewMetrics.getBreakdownTimeseries("playing_time", "rendition", {
      filters: ["!country:WALK"],
    });
    expect(today.data.at(-1)?.status).toBe("partial");
    const all = today.data.flatMap(({ values }) => values.map(({ metric_value }) => metric_value));
    expect(all.reduce((sum, ms) => sum + ms, 0)).toBe(13_500);
    expect(today.total_row_count).toBe(today.data.length);
  });

  it("dimensions: those of parts apart from those of views", async () => {
    const { data, total_row_count } = await mux.data.subviewMetrics.listDimensions("rendition");
    expect(data.subview).toContain("video_source_codec");
    expect(data.view).toContain("country");
    expect(data.view).not.toContain("video_source_height");
    expect(total_row_count).toBeNull();
    expect((await mux.data.subviewMetrics.listDimensions("playback_mode")).data.view).toContain("video_source_height");
  });

  it("dimension values: by playing time or by value, those that hold a text, to the end", async () => {
    const values = async (name: string, query: Mux.Data.SubviewMetricListDimensionValuesParams) => {
      const rows = [];
      const filters = ["!country:WALK"];
      for await (const row of mux.data.subviewMetrics.listDimensionValues("rendition", name, { filters, ...query }))
        rows.push([row.value, row.playing_time]);
      return rows;
    };
    expect(await values("country", { limit: 1 })).toEqual([
      ["DE", 9_000],
      ["US", 4_000],
      ["__empty__", 500],
    ]);
    expect(await values("video_source_height", { order_by: "value", order_direction: "asc" })).toEqual([
      ["__empty__", 500],
      ["720", 6_000],
      ["1080", 7_000],
    ]);
    expect(await values("video_source_rendition_name", { query: "WIDE" })).toEqual([["low, wide", 6_000]]);
    const { body } = await server.get(`${path}/rendition/dimensions/country?page=9`);
    expect([body.data, body.meta.dimension_name]).toEqual([[], "country"]);
  });

  it.each([
    ["views/rendition/overall", 404, /no subview metric views/],
    ["playing_time/segment/overall", 404, /no subview type segment: rendition, playback_mode/],
    ["segment/dimensions", 404, /no subview type/],
    ["rendition/dimensions/colour", 404, /no dimension colour/],
    ["playing_time/rendition/overall?filters[]=colour:red", 400, /no dimension colour/],
    ["playing_time/playback_mode/overall?filters[]=video_source_codec:avc1", 400, /no dimension video_source_codec/],
    ["playing_time/rendition/overall?filters[]=video_source_height:tall", 400, /is a number/],
    ["playing_time/rendition/overall?timeframe[]=tomorrow", 400, /timeframe\[\]/],
    ["playing_time/rendition/breakdown?group_by[]=country", 400, /group_by\[\]: a rendition has video_source_bitrate/],
    ["playing_time/playback_mode/breakdown?group_by[]=video_source_height", 400, /has player_playback_mode, not/],
    ["playing_time/rendition/breakdown?limit=101", 400, /limit/],
    ["playing_time/rendition/comparison?values[]=US", 400, /dimension/],
    ["playing_time/rendition/comparison?dimension=country", 400, /values\[\].*1 to 4/],
    [`playing_time/rendition/comparison?dimension=country${"&values[]=US".repeat(5)}`, 400, /values\[\].*1 to 4/],
    ["playing_time/rendition/comparison?dimension=colour&values[]=red", 400, /dimension: there is no dimension colour/],
    ["playing_time/rendition/comparison?dimension=video_cdn_trace&values[]=a", 400, /values\[\]: .*lists/],
    ["playing_time/rendition/comparison?dimension=country&values[]=US&breakdown_value_limit=0", 400, /breakdown_value/],
    ["playing_time/rendition/breakdown-timeseries?time_granularity=minute", 400, /time_granularity/],
    ["playing_time/rendition/breakdown-timeseries?time_zone=europe/berlin", 400, /time_zone/],
    ["playing_time/rendition/breakdown-timeseries?timeframe[]=5000:days&time_granularity=hour", 400, /buckets/],
    ["rendition/dimensions/country?order_by=views", 400, /order_by/],
  ])("%s is %i", async (wrong, status, message) => {
    const { statusCode, body } = await server.get(`${path}/${wrong}`);
    expect(statusCode).toBe(status);
    expect(body.error.messages.join()).toMatch(message);
  });
});

describe("/data/v1/subview-metrics/…/breakdown-timeseries", () => {
  it("is 503, not empty, where nobody knows up to when views are stored", async () => {
    const fresh = await startDataServer();
    await fresh.clickhouse.client.command("TRUNCATE TABLE stored_until");
    const { statusCode, body } = await fresh.get(`${path}/playing_time/rendition/breakdown-timeseries`);
    await fresh.stop();
    expect([statusCode, body.error.type]).toEqual([503, "unavailable"]);
  });
});
