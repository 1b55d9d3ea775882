import { describe, expect, it } from "vitest";
import { type Moment, played } from "./testing/play.ts";

const START: readonly Moment[] = [
  ["viewstart", 0],
  ["playing", 500],
];
const END: Moment = ["viewend", 10_000];

describe("what a client claims", () => {
  it("is not believed beyond what anybody can have measured", () => {
    const claims = {
      ...{ page_load_time: 1.8e12, player_startup_time: 86_400_001, view_aggregate_startup_time: 1e300 },
      ...{ view_max_upscale_percentage: 1.7e308, view_max_downscale_percentage: 1.01 },
      ...{ view_total_content_playback_time: 2_000, view_total_upscaling: 2_000_001, view_total_downscaling: 500 },
      ...{ view_average_request_throughput: 2e11, player_view_count: 1, view_ad_played_count: 1e9 },
      ...{ mux_sample_rate: 1e-30 },
    };
    const { values, sampleRate } = played(...START, ["hb", 5_000, claims], END);
    expect(values).toMatchObject({
      ...{ page_load_time: null, player_startup_time: null, aggregate_startup_time: null },
      ...{ max_upscale_percentage: null, max_downscale_percentage: null },
      ...{ upscale_percentage: null, total_upscaling: 0, downscale_percentage: 0.25, video_quality_score: null },
      ...{ request_throughput: null, ad_attempt_count: 0 },
    });
    expect(sampleRate).toBe(1);
  });

  it("of a bitrate that no stream has says that it is not known", () => {
    const change = (at: number, bitrate: number): Moment => ["renditionchange", at, { video_source_bitrate: bitrate }];
    const { values } = played(...START, change(1_000, 900_000), change(3_000, 1e300), change(5_000, 300_000), END);
    expect(values["weighted_average_bitrate"]).toBeCloseTo((900_000 * 2 + 300_000 * 5) / 7, 6);
    expect(values["rendition_change_count"]).toBe(0);
  });

  it("of a request that came faster than any network says nothing of it", () => {
    const times = { request_start: 1_000, request_response_start: 1_010 };
    const request = (endMs: number, bytes: number): Moment => [
      ...(["requestcompleted", 2_000] as const),
      { ...times, request_response_end: endMs, request_bytes_loaded: bytes },
    ];
    const { values } = played(...START, request(2_010, 1_000), request(1_011, 200_000_000), END);
    expect(values).toMatchObject({ request_throughput: 8_000, request_latency: 10 });
  });

  it("of ads stands where no event tells of one", () => {
    const counted = (...more: Moment[]) => played(...START, ...more, ["viewend", 9_000, { view_ad_played_count: 3 }]);
    expect(counted().values).toMatchObject({ ad_attempt_count: 3, ad_error_percentage: 0 });
    expect(counted(["adrequest", 700]).values).toMatchObject({ ad_attempt_count: 0, ad_error_percentage: null });
  });
});
