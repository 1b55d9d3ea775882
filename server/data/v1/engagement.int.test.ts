import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

let server: DataServer;
let mux: Mux;

const LENGTH_MS = 10_000;
/** Of a video of 10 seconds, in seconds. */
const ranges = (...seconds: [from: number, to: number][]): ViewRecord["playbackRanges"] =>
  seconds.map(([from, to]) => ({ startMs: from * 1_000, endMs: to * 1_000 }));
const told = { sourceDurationMs: LENGTH_MS, videoId: "film 42/é", assetId: "asset-1", playbackId: "pid-1" };

beforeAll(async () => {
  server = await startDataServer();
  mux = new Mux({ ...server.token, baseURL: server.origin });
  await server.store(
    server.view({ ...told, playbackRanges: ranges([0, 10]) }),
    server.view({ ...told, playbackRanges: ranges([0, 5], [3, 4], [3, 4]) }),
    server.view({ ...told, playbackId: "pid-2", playbackRanges: ranges([0, 2], [7, 7.5]) }),
    // wrong about the length
    server.view({ ...told, sourceDurationMs: 4_000_000_000, playbackRanges: ranges([0, 1], [2_000, 3_000]) }),
    server.view({ ...told, sourceDurationMs: 900, playbackRanges: ranges([0, 1]) }),
    // other assets of the same video; a player that tells no ranges; a crawler; a live stream
    server.view({ ...told, assetId: "asset-2", playbackId: "pid-3", playbackRanges: ranges([9, 10]) }),
    server.view({ ...told, playbackRanges: [] }),
    server.view({ ...told, bot: true, playbackRanges: ranges([5, 6]) }),
    server.view({ ...told, streamType: "live", playbackRanges: ranges([5, 6]) }),
    // nobody's
    server.view({ ...told, playbackRanges: ranges([5, 6]) }, { environmentId: 2 }),
    server.view({ ...told, videoId: "theirs", assetId: "theirs", playbackId: "theirs" }, { environmentId: 2 }),
  );
});
afterAll(() => server.stop());

const path = "/data/v1/engagement";
const HEAT = [5, 3, 2, 4, 2, 1, 1, 1.5, 1, 1];

describe("/data/v1/engagement/…/heatmap", () => {
  it("tells how often each part of an asset was played, whatever its playback ids and what a few views tell", async () => {
    const { data, total_row_count, timeframe } = await mux.data.engagement.assets.heatmap("asset-1");
    expect(data).toMatchObject({ asset_id: "asset-1", value: HEAT, total_views: 5 });
    expect([total_row_count, (timeframe[1] ?? 0) - (timeframe[0] ?? 0)]).toEqual([null, 86_400]);
  });

  it("tells it of hundredths too, as older clients read it", async () => {
    const { body } = await server.get(`${path}/assets/asset-1/heatmap?timeframe[]=[7:days]`);
    expect(body.data.heatmap).toHaveLength(100);
    expect([9, 10, 35, 72, 77].map((at) => body.data.heatmap[at])).toEqual([5, 3, 4, 2, 1]);
  });

  it("tells it of a playback id alone, and of all assets of a video", async () => {
    const one = await mux.data.engagement.playbackIds.heatmap("pid-2");
    expect(one.data).toMatchObject({ playback_id: "pid-2", value: [1, 1, 0, 0, 0, 0, 0, 0.5, 0, 0], total_views: 1 });
    const all = await mux.data.engagement.videos.heatmap("film 42/é");
    expect(all.data).toMatchObject({ video_id: "film 42/é", value: [...HEAT.slice(0, 9), 2], total_views: 6 });
  });

  it("is all zeros where nobody played it in the range", async () => {
    const { data } = await mux.data.engagement.assets.heatmap("asset-1", { timeframe: ["1000000", "1000001"] });
    expect(data).toMatchObject({ value: Array(10).fill(0), heatmap: Array(100).fill(0), total_views: 0 });
    const all = await mux.data.engagement.assets.heatmap("asset-1", { timeframe: ["0", "7258118400"] });
    expect(all.data.total_views).toBe(5);
  });

  it("has a bucket a second for a longer video, and a thousand at most", async () => {
    for (const [videoId, minutes, buckets] of [
      ["5 minutes", 5, 300],
      ["3 hours", 180, 1_000],
    ] as const) {
      const playbackRanges = ranges([0, 30 * minutes]);
      await server.store(server.view({ videoId, sourceDurationMs: minutes * 60_000, playbackRanges }));
      const { data } = await mux.data.engagement.videos.heatmap(videoId);
      const half = buckets / 2;
      expect(data.value).toEqual([...Array(half).fill(1), ...Array(half).fill(0)]);
    }
  });
});

describe("/data/v1/engagement/…/hotspots", () => {
  it("finds what was played most, and least", async () => {
    const { data, total_row_count } = await mux.data.engagement.assets.hotspots("asset-1");
    expect(data).toEqual({
      asset_id: "asset-1",
      hotspots: [
        { start_ms: 0, end_ms: 2_000, score: 0.85 },
        { start_ms: 3_000, end_ms: 4_000, score: 0.85 },
      ],
      total_views: 5,
    });
    expect(total_row_count).toBeNull();
    const cold = await mux.data.engagement.assets.hotspots("asset-1", { order_direction: "asc" });
    expect(cold.data.hotspots).toEqual([
      { start_ms: 5_000, end_ms: 7_000, score: 0.2 },
      { start_ms: 8_000, end_ms: 10_000, score: 0.2 },
    ]);
  });

  it("gives as many as were asked for, and orders by score whoever says so", async () => {
    const { body } = await server.get(`${path}/videos/film%2042%2F%C3%A9/hotspots?limit=1&order_by=score`);
    expect(body.data).toMatchObject({ video_id: "film 42/é", hotspots: [{ start_ms: 0, end_ms: 2_000 }] });
    expect(body.data.hotspots).toHaveLength(1);
  });

  it("finds none where nobody played", async () => {
    const { data } = await mux.data.engagement.playbackIds.hotspots("pid-1", { timeframe: ["1000000", "1000001"] });
    expect(data).toEqual({ playback_id: "pid-1", hotspots: [], total_views: 0 });
  });
});

describe("/data/v1/engagement of what nobody played yet", () => {
  it("is nothing for an asset and its playback ids, and 404 once they are deleted", async () => {
    const asset = await mux.video.assets.create({
      ...{ inputs: [{ url: "https://example.com/film.mp4" }], playback_policies: ["public"] },
    });
    const playbackId = asset.playback_ids?.[0]?.id ?? "";
    const empty = [
      await mux.data.engagement.assets.heatmap(asset.id),
      await mux.data.engagement.playbackIds.heatmap(playbackId),
    ];
    expect(empty.map(({ data }) => data.total_views)).toEqual([0, 0]);
    await mux.video.assets.delete(asset.id);
    const gone = [`assets/${asset.id}`, `playback-ids/${playbackId}`].map((at) => server.get(`${path}/${at}/heatmap`));
    expect((await Promise.all(gone)).map(({ statusCode }) => statusCode)).toEqual([404, 404]);
  });

  it.each([
    ["assets/unknown/heatmap", 404, /Asset unknown does not exist/],
    ["assets/theirs/heatmap", 404, /Asset theirs/],
    ["assets/theirs/heatmap?timeframe[]=7:days", 404, /Asset theirs/],
    ["playback-ids/theirs/hotspots", 404, /Playback id theirs/],
    ["videos/theirs/hotspots", 404, /No view of this environment had the video id theirs/],
    ["videos/unwatched/heatmap", 404, /video id unwatched/],
    [`videos/${"x".repeat(300)}/heatmap`, 404, /video id x/],
    ["videos/%00/heatmap", 404, /video id/],
    ["streams/asset-1/heatmap", 404, /./],
    ["assets/asset-1/heatmap?timeframe[]=tomorrow", 400, /timeframe\[\]/],
    ["assets/asset-1/hotspots?limit=0", 400, /limit/],
    ["assets/asset-1/hotspots?limit=many", 400, /limit/],
    ["assets/asset-1/hotspots?order_direction=up", 400, /order_direction/],
    ["assets/asset-1/hotspots?order_by=views", 400, /order_by/],
  ])("%s is %i", async (wrong, status, message) => {
    const { statusCode, body } = await server.get(`${path}/${wrong}`);
    expect(statusCode).toBe(status);
    expect(body.error.messages.join()).toMatch(message);
  });
});
