import type Mux from "@mux/mux-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import heatmap from "../../../fixtures/data-api/engagement-heatmap.json" with { type: "json" };
import hotspots from "../../../fixtures/data-api/engagement-hotspots.json" with { type: "json" };
import breakdown from "../../../fixtures/data-api/subview-breakdown.json" with { type: "json" };
import comparison from "../../../fixtures/data-api/subview-comparison.json" with { type: "json" };
import dimensions from "../../../fixtures/data-api/subview-dimensions.json" with { type: "json" };
import overall from "../../../fixtures/data-api/subview-overall.json" with { type: "json" };
import timeseries from "../../../fixtures/data-api/subview-timeseries.json" with { type: "json" };
import values from "../../../fixtures/data-api/subview-values.json" with { type: "json" };
import { type DataServer, startDataServer } from "../testing/data-server.ts";

/** The compiler takes every text of a JSON file for `string`. Which words there are is held by the schema of the answer. */
type Read<T> = T extends string ? string : T extends object ? { [Key in keyof T]: Read<T[Key]> } : T;

type Subview<Name extends keyof Mux.Data.SubviewMetrics> = Mux.Data.SubviewMetrics[Name] extends (
  ...given: never[]
) => PromiseLike<infer Reply>
  ? Read<Reply>
  : never;
type Hotspots = Read<Awaited<ReturnType<Mux["data"]["engagement"]["assets"]["hotspots"]>>>;
type Heatmap = Read<Awaited<ReturnType<Mux["data"]["engagement"]["assets"]["heatmap"]>>>;

/** What only the newest SDK asks for: reply by its file and its query; `vitest -u` records them anew. */
const REPLIES: readonly [name: string, path: string, reply: unknown][] = [
  ["subview-overall", "subview-metrics/playing_time/rendition/overall", overall satisfies Subview<"getOverallValues">],
  [
    "subview-breakdown",
    "subview-metrics/playing_time/rendition/breakdown?group_by[]=video_source_height",
    breakdown satisfies Read<Mux.Data.SubviewBreakdownValuesResponse>,
  ],
  [
    "subview-comparison",
    "subview-metrics/playing_time/rendition/comparison?dimension=country&values[]=DE&values[]=__empty__",
    comparison satisfies Subview<"listComparisonValues">,
  ],
  [
    "subview-timeseries",
    "subview-metrics/playing_time/rendition/breakdown-timeseries?timeframe[]=2:hours",
    timeseries satisfies Subview<"getBreakdownTimeseries">,
  ],
  ["subview-dimensions", "subview-metrics/rendition/dimensions", dimensions satisfies Subview<"listDimensions">],
  [
    "subview-values",
    "subview-metrics/rendition/dimensions/video_source_height",
    values satisfies Read<Mux.Data.SubviewDimensionValuesResponse>,
  ],
  ["engagement-heatmap", "engagement/assets/asset-1/heatmap", heatmap satisfies Heatmap],
  ["engagement-hotspots", "engagement/assets/asset-1/hotspots", hotspots satisfies Hotspots],
];

let server: DataServer;

beforeAll(async () => {
  server = await startDataServer();
  const span = { bitrate: 0, widthPx: 0, heightPx: 1_080, fps: 29.97, codec: "avc1", name: "", playingMs: 7_000 };
  const told = { assetId: "asset-1", sourceDurationMs: 24_000 };
  const ranges = (...ends: number[]) => ends.map((endMs) => ({ startMs: 0, endMs }));
  await server.store(
    server.view({ ...told, country: "DE", renditions: [span], playbackRanges: ranges(24_000) }),
    server.view({
      ...{ ...told, country: "", playbackRanges: ranges(6_000, 6_000) },
      renditions: [{ ...span, heightPx: 0, codec: "", playingMs: 500 }],
    }),
  );
});
afterAll(() => server.stop());

it.each(REPLIES)("%s: the reply of /data/v1/%s is the one recorded", async (name, path) => {
  const { statusCode, body } = await server.get(`/data/v1/${path}`);
  expect(statusCode).toBe(200);
  await expect(`${JSON.stringify(body, null, 1)}\n`).toMatchFileSnapshot(`../../../fixtures/data-api/${name}.json`);
});
