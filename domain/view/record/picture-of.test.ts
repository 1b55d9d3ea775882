import { describe, expect, it } from "vitest";
import { type Moment, played, T } from "../testing/play.ts";

const PLAYING: readonly Moment[] = [
  ["play", 0],
  ["playing", 0],
];
const LOW = { video_source_bitrate: 300_000, video_source_width: 320, video_source_height: 180 };
const HIGH = { video_source_bitrate: 900_000, video_source_width: 640, video_source_height: 360 };
const change = (at: number, told: Record<string, unknown>): Moment => ["renditionchange", at, told];

describe("renditions", () => {
  it("share the time of playing; changes count up and down while it plays", () => {
    const record = played([
      change(-5, LOW),
      ...PLAYING,
      change(1_000, HIGH),
      ["rebufferstart", 3_000],
      change(3_500, LOW),
      ["rebufferend", 4_000],
      ["viewend", 6_000],
    ]);
    expect(record).toMatchObject({ renditionChangeCount: 2, renditionUpshiftCount: 1, renditionDownshiftCount: 1 });
    expect(record.renditions.map(({ bitrate, playingMs }) => [bitrate, playingMs])).toEqual([
      [300_000, 1_000 + 2_000],
      [900_000, 2_000],
    ]);
    expect(record.averageBitrate).toBe((300_000 * 3_000 + 900_000 * 2_000) / 5_000);
  });

  it("that are chosen before the first frame, or told again, are no change", () => {
    const record = played([change(-9, LOW), change(-5, HIGH), ...PLAYING, change(5, HIGH), ["viewend", 1_000, HIGH]]);
    expect(record).toMatchObject({ renditionChangeCount: 0 });
    expect(record.renditions).toHaveLength(1);
  });

  it("are compared by size where no bitrate is known", () => {
    const size = (width: number, height: number) => ({ video_source_width: width, video_source_height: height });
    const record = played([["hb", 0, size(640, 360)], ...PLAYING, ["hb", 500, size(320, 180)], ["viewend", 900]]);
    expect(record).toMatchObject({ renditionDownshiftCount: 1, averageBitrate: null });
  });

  it("are not mixed up by an element that still shows the last one", () => {
    const record = played([
      change(-5, LOW),
      ...PLAYING,
      change(1_000, HIGH),
      ["requestcompleted", 1_010, { video_source_width: 320, video_source_height: 180 }],
      ["requestcompleted", 3_000, { video_source_width: 640, video_source_height: 360 }],
      ["viewend", 5_000],
    ]);
    expect(record.renditions.map(({ heightPx, playingMs }) => [heightPx, playingMs])).toEqual([
      [180, 1_000],
      [360, 4_000],
    ]);
    expect(record.renditionChangeCount).toBe(1);
  });

  it("that change in a pause change nothing for anybody", () => {
    const record = played([change(-5, LOW), ...PLAYING, ["pause", 1_000], change(1_500, HIGH), ["viewend", 2_000]]);
    expect(record.renditionChangeCount).toBe(0);
  });
});

describe("scaling", () => {
  it("is the client's sum over the time it was measured", () => {
    const told = { view_total_upscaling: 500, view_total_downscaling: 0, view_total_content_playback_time: 2_000 };
    expect(played([["hb", 0, { ...told, view_max_upscale_percentage: 1 }]])).toMatchObject({
      ...{ upscaleRatio: 0.25, downscaleRatio: 0, maxUpscaleRatio: 1, maxDownscaleRatio: null },
    });
    expect(played(PLAYING)).toMatchObject({ upscaleRatio: null, totalUpscaling: 0 });
  });
});

describe("what a client claims of the picture", () => {
  it("is not believed beyond what can be, and leaves the rest alone", () => {
    const told = { view_total_content_playback_time: 2_000, view_total_downscaling: 500 };
    const scaled = (more: Record<string, unknown>) => played([...PLAYING, ["hb", 9, { ...told, ...more }]]);
    expect(scaled({ view_max_upscale_percentage: 1.7e308, view_total_upscaling: 2_000_001 })).toMatchObject({
      ...{
        maxUpscaleRatio: null,
        upscaleRatio: null,
        totalUpscaling: 0,
        downscaleRatio: 0.25,
        videoQualityScore: null,
      },
    });
    expect(scaled({ view_max_upscale_percentage: 1_000, view_total_upscaling: 2_000_000 })).toMatchObject({
      ...{ maxUpscaleRatio: 1_000, upscaleRatio: 1_000 },
    });
    expect(scaled({ view_total_downscaling: 2_001, view_max_downscale_percentage: 1.5 })).toMatchObject({
      ...{ downscaleRatio: null, maxDownscaleRatio: null },
    });
    const bitrates = [change(-9, LOW), ...PLAYING, change(1_000, { video_source_bitrate: 1e300 }), change(3_000, LOW)];
    expect(played([...bitrates, ["viewend", 5_000]]).averageBitrate).toBe(300_000);
  });
});

describe("live latency", () => {
  const sample = (at: number, behindMs: number): Moment => ["hb", at, { player_program_time: T + at - behindMs }];

  it("is the mean distance from now, on the server's clock", () => {
    expect(played([sample(0, 6_000), sample(10_000, 8_500)]).liveLatencyMs).toBe(7_250);
    const slow = played([sample(0, -54_000), sample(10_000, -51_500)], { clockOffsetMs: 60_000 });
    expect(slow.liveLatencyMs).toBe(7_250);
  });

  it("leaves out who looks back more than five minutes, and what lies ahead", () => {
    expect(played([sample(0, 6_000), sample(1_000, 400_000), sample(2_000, -9_000)]).liveLatencyMs).toBe(6_000);
    expect(played([sample(0, 86_400_000)]).liveLatencyMs).toBeNull();
  });
});
