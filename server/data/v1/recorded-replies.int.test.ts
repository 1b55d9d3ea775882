import type Mux from "@mux/mux-node";
import type Mux9 from "mux-node-9";
import type Mux12 from "mux-node-12";
import type Mux14 from "mux-node-14";
import { afterAll, beforeAll, expect, it } from "vitest";
import breakdown from "../../../fixtures/data-api/breakdown.json" with { type: "json" };
import comparison from "../../../fixtures/data-api/comparison.json" with { type: "json" };
import dimensions from "../../../fixtures/data-api/dimensions.json" with { type: "json" };
import elements from "../../../fixtures/data-api/elements.json" with { type: "json" };
import insights from "../../../fixtures/data-api/insights.json" with { type: "json" };
import overall from "../../../fixtures/data-api/overall.json" with { type: "json" };
import timeseries from "../../../fixtures/data-api/timeseries.json" with { type: "json" };
import values from "../../../fixtures/data-api/values.json" with { type: "json" };
import { type DataServer, startDataServer } from "../testing/data-server.ts";

/** What the SDKs' list methods read of an answer, beside its rows. */
interface ListEnvelope {
  total_row_count: number;
  timeframe: number[];
}

// The types of each client, held by the compiler: `tsc` fails where a recorded reply is not what one of them promises.
type Dimensions = Mux.Data.DimensionsResponse &
  Mux14.Data.DimensionsResponse &
  Mux12.Data.DimensionsResponse &
  Mux9.Data.DimensionsResponse;
type Filters = Mux14.Data.FiltersResponse & Mux12.Data.FiltersResponse & Mux9.Data.FiltersResponse;
type DimensionValue = Mux.Data.DimensionValue &
  Mux14.Data.DimensionValue &
  Mux12.Data.DimensionValue &
  Mux9.Data.DimensionValue;
type FilterValue = Mux14.Data.FilterValue & Mux12.Data.FilterValue & Mux9.Data.FilterValue;
type Comparison = Mux.Data.AllMetricValuesResponse &
  Mux14.Data.AllMetricValuesResponse &
  Mux12.Data.AllMetricValuesResponse &
  Mux9.Data.AllMetricValuesResponse;
type BreakdownValue = Mux.Data.BreakdownValue &
  Mux14.Data.BreakdownValue &
  Mux12.Data.BreakdownValue &
  Mux9.Data.BreakdownValue;
type Overall = Mux.Data.OverallValuesResponse &
  Mux14.Data.OverallValuesResponse &
  Mux12.Data.OverallValuesResponse &
  Mux9.Data.OverallValuesResponse;
type Insights = Mux.Data.InsightsResponse &
  Mux14.Data.InsightsResponse &
  Mux12.Data.InsightsResponse &
  Mux9.Data.InsightsResponse;
type Timeseries = Mux.Data.MetricTimeseriesDataResponse &
  Mux14.Data.MetricTimeseriesDataResponse &
  Mux12.Data.MetricTimeseriesDataResponse &
  Mux9.Data.MetricTimeseriesDataResponse;

/** Reply by its file and its query; `vitest -u` records them anew. The views have every score: clients do not expect null. */
const REPLIES: readonly [name: string, path: string, reply: unknown][] = [
  ["dimensions", "dimensions", dimensions satisfies Dimensions],
  ["dimensions", "filters", dimensions satisfies Filters],
  ["values", "dimensions/video_title", values satisfies ListEnvelope & { data: DimensionValue[] }],
  ["values", "filters/video_title", values satisfies ListEnvelope & { data: FilterValue[] }],
  ["elements", "dimensions/video_cdn_trace/elements", elements satisfies ListEnvelope & { data: DimensionValue[] }],
  ["comparison", "metrics/comparison", comparison satisfies Comparison],
  [
    "breakdown",
    "metrics/video_startup_time/breakdown?group_by=video_title",
    breakdown satisfies ListEnvelope & { data: BreakdownValue[] },
  ],
  ["overall", "metrics/video_startup_time/overall", overall satisfies Overall],
  ["insights", "metrics/video_startup_time/insights", insights satisfies Insights],
  ["timeseries", "metrics/video_startup_time/timeseries?timeframe[]=6:hours", timeseries satisfies Timeseries],
];

let server: DataServer;

beforeAll(async () => {
  server = await startDataServer();
  await server.store(
    server.view({
      videoTitle: "One",
      viewerId: "a",
      startupMs: 100,
      cdnTrace: ["fastly", "akamai"],
      videoQualityScore: 0.9,
    }),
    server.view({ videoTitle: "One", viewerId: "b", startupMs: 300, cdnTrace: ["fastly"] }),
    server.view({ videoTitle: "", viewerId: "b", startupMs: 2_000, rebufferCount: 2, rebufferMs: 900 }),
  );
});
afterAll(() => server.stop());

it.each(REPLIES)("%s: the reply of /data/v1/%s is the one recorded", async (name, path) => {
  const { statusCode, body } = await server.get(`/data/v1/${path}`);
  expect(statusCode).toBe(200);
  await expect(`${JSON.stringify(body, null, 1)}\n`).toMatchFileSnapshot(`../../../fixtures/data-api/${name}.json`);
});
