import { describe, expect, it } from "vitest";
import { type Moment, played } from "./testing/play.ts";

const START: readonly Moment[] = [
  ["viewstart", 0],
  ["play", 10],
  ["playing", 500],
];
const END: Moment = ["viewend", 20_000];

describe("time of watching", () => {
  it("runs from the wish to play to the end, without pauses", () => {
    const { values } = played(...START, ["pause", 5_000], ["play", 9_000], ["playing", 9_010], END);
    expect(values).toMatchObject({ watch_time: 16_000, playing_time: 15_500, video_startup_time: 500 });
  });

  it("leaves a pause out of the start-up", () => {
    const { values } = played(["viewstart", 0], ["pause", 300], ["play", 5_000], ["playing", 5_400], END);
    expect(values["video_startup_time"]).toBe(700);
  });

  it("counts the wait of a seek in a pause, and no more of the pause", () => {
    const { values } = played(...START, ["pause", 5_000], ["seeking", 7_000], ["seeked", 7_400], ["viewend", 9_000]);
    expect(values).toMatchObject({ watch_time: 5_400, playing_time: 4_500, seek_latency: 400 });
  });

  it("stops while the device sleeps", () => {
    const { values } = played(...START, ["devicesleep", 2_000], ["devicewake", 12_000], END);
    expect(values).toMatchObject({ watch_time: 10_000, playing_time: 9_500 });
  });

  it("goes on after a warning, and stops at a fatal error", () => {
    const warned = played(...START, ["error", 3_000, { player_error_severity: "warning" }], END);
    expect(warned.values).toMatchObject({ watch_time: 20_000, playback_failure_percentage: 0 });
    const failed = played(...START, ["error", 3_000, { player_error_code: 2 }], END);
    expect(failed.values).toMatchObject({ watch_time: 3_000, playback_failure_percentage: 1 });
  });

  it("ends with the newest event where nobody says that it is over", () => {
    const view = played(...START, ["hb", 10_500]);
    expect(view.values).toMatchObject({ watch_time: 10_500, view_dropped_percentage: 1 });
  });
});

describe("stalls", () => {
  it("begin when they are dated back to, and end with a seek", () => {
    const { values } = played(
      ...START,
      ["rebufferstart", 4_000],
      ["seeking", 6_000],
      ["rebufferend", 6_100],
      ["seeked", 7_000],
      END,
    );
    expect(values).toMatchObject({ rebuffer_count: 1, rebuffer_duration: 2_000, seek_latency: 1_000 });
    expect(values["rebuffer_percentage"]).toBeCloseTo(0.1, 12);
    expect(values["rebuffer_frequency"]).toBeCloseTo(3, 12);
  });

  it("are none within a seek, an ad break, or before the first frame", () => {
    const { values } = played(
      ["viewstart", 0],
      ["rebufferstart", 100],
      ["playing", 500],
      ["seeking", 1_000],
      ["rebufferstart", 1_100],
      ["rebufferend", 1_900],
      ["seeked", 2_000],
      ["adbreakstart", 3_000],
      ["rebufferstart", 3_100],
      ["adbreakend", 4_000],
      END,
    );
    expect(values).toMatchObject({ rebuffer_count: 0, rebuffer_duration: 0 });
  });
});

describe("success", () => {
  it.each([
    ["fatal", { player_error_severity: "fatal" }, 1, 0, 0],
    ["not told how bad", {}, 1, 0, 0],
    ["a refusal on purpose", { player_error_business_exception: true }, 0, 1, 1],
    ["a warning", { player_error_severity: "warning" }, 0, 0, 0.5],
  ])("of an error before the start that is %s", (_, fields, failure, refusal, score) => {
    const { values } = played(["viewstart", 0], ["error", 1_500, fields], ["viewend", 4_000]);
    expect(values).toMatchObject({
      playback_failure_percentage: failure,
      video_startup_failure_percentage: failure,
      playback_business_exception_percentage: refusal,
      video_startup_business_exception_percentage: refusal,
      exits_before_video_start: score === 0.5 ? 1 : 0,
      playback_success_score: score,
    });
  });

  it("says nothing of someone who left within a second, but counts the exit", () => {
    const { values } = played(["viewstart", 0], ["viewend", 999]);
    expect(values).toMatchObject({
      exits_before_video_start: 1,
      playback_success_score: null,
      viewer_experience_score: null,
    });
    expect(played(["viewstart", 0], ["viewend", 1_000]).values["viewer_experience_score"]).toBe(0.5);
  });

  it("tells failures in ads from those of content", () => {
    const { values } = played(...START, ["adbreakstart", 2_000], ["error", 3_000], END);
    expect(values).toMatchObject({ ad_playback_failure_percentage: 1, content_playback_failure_percentage: 0 });
  });

  it("counts only views of which something was wanted or that failed", () => {
    expect(played(["playerready", 0], ["hb", 100]).counted).toBe(false);
    expect(played(["playerready", 0], ["error", 5, { player_error_severity: "warning" }]).counted).toBe(false);
    expect(played(["playerready", 0], ["error", 5]).counted).toBe(true);
  });
});

describe("ads", () => {
  const PREROLL: readonly Moment[] = [
    ["viewstart", 0],
    ["adbreakstart", 50],
    ["adrequest", 60],
    ["adrequest", 300],
    ["adplay", 1_000],
    ["adplaying", 1_400],
    ["adended", 9_400],
    ["adbreakend", 9_500],
    ["playing", 9_900],
    END,
  ];

  it("take their share of the start, and content the rest", () => {
    expect(played(...PREROLL).values).toMatchObject({
      video_startup_time: 1_400,
      view_content_startup_time: 450,
      ad_preroll_startup_time: 1_350,
      video_startup_preroll_request_time: 1_000,
      video_startup_preroll_load_time: 400,
      requests_for_first_preroll: 2,
      ad_attempt_count: 1,
      ad_impression_count: 1,
      ad_break_count: 1,
    });
  });

  it("are mid-rolls once content is beyond its first second", () => {
    const { values } = played(
      ...START,
      ["adbreakstart", 1_501, { player_playhead_time: 1_001 }],
      ["adplay", 1_600],
      ["adplaying", 1_900],
      END,
    );
    expect(values).toMatchObject({ ad_preroll_startup_time: null, requests_for_first_preroll: null });
  });

  it("are tried once, however often they are paused", () => {
    const { values } = played(...PREROLL.slice(0, 6), ["adpause", 2_000], ["adplay", 3_000], ["adplaying", 3_010], END);
    expect(values).toMatchObject({ ad_attempt_count: 1, ad_impression_count: 1 });
  });

  it("fail before or after they were shown, and once a break", () => {
    const { values } = played(
      ...START,
      ["adbreakstart", 2_000],
      ["adplay", 2_100],
      ["aderror", 2_200],
      ["adplay", 2_300],
      ["adplaying", 2_400],
      ["aderror", 2_500],
      ["adbreakend", 2_600],
      END,
    );
    expect(values).toMatchObject({
      ad_error_count: 2,
      ad_break_error_count: 1,
      ad_startup_error_count: 1,
      ad_error_percentage: 1,
      ad_startup_error_percentage: 0.5,
    });
  });

  it("drive people away only before they are shown, and not by an error", () => {
    const left = (...moments: readonly Moment[]) =>
      played(...START, ["adbreakstart", 2_000], ["adplay", 2_100], ...moments).values["ad_exit_before_start_count"];
    expect(left(["viewend", 3_000])).toBe(1);
    expect(left()).toBe(1);
    expect(left(["adplaying", 2_500], ["viewend", 3_000])).toBe(0);
    expect(left(["aderror", 2_500], ["viewend", 3_000])).toBe(0);
    expect(left(["error", 2_500], ["viewend", 3_000])).toBe(0);
  });
});

describe("pictures", () => {
  const rendition = (bitrate: number, height: number) => ({
    video_source_bitrate: bitrate,
    video_source_width: height * 2,
    video_source_height: height,
  });

  it("change only while they move, by bitrate, else by size", () => {
    const { values } = played(
      ["renditionchange", 0, rendition(500, 100)],
      ["viewstart", 10],
      ["renditionchange", 20, rendition(900, 200)],
      ["playing", 100],
      ["renditionchange", 200, rendition(900, 200)], // the automatic one
      ["renditionchange", 300, rendition(500, 100)],
      ["pause", 400],
      ["renditionchange", 500, rendition(900, 200)],
      ["play", 600],
      ["renditionchange", 700, rendition(0, 300)],
      END,
    );
    expect(values).toMatchObject({
      rendition_upshift_count: 1,
      rendition_downshift_count: 1,
      rendition_change_count: 2,
    });
  });

  it("have no quality score where there are none, or none was seen", () => {
    const scaling = {
      view_total_content_playback_time: 1_000,
      view_total_upscaling: 500,
      view_max_upscale_percentage: 1,
    };
    const seen = played(...START, ["viewend", 2_000, { ...scaling, ...rendition(1, 100) }]).values;
    expect(seen["video_quality_score"]).toBeCloseTo(Math.exp(-0.33 * (0.15 + 0.85 * 0.5)), 12);
    const sound = played(...START, ["viewend", 2_000, { ...scaling, view_max_upscale_percentage: 0 }]).values;
    expect(sound["video_quality_score"]).toBeNull();
    expect(played(...START, ["viewend", 2_000, rendition(1, 100)]).values["video_quality_score"]).toBeNull(); // how far?
    const unseen = played(["viewstart", 0], ["viewend", 2_000, { ...scaling, ...rendition(1, 100) }]).values;
    expect(unseen["video_quality_score"]).toBeNull();
  });
});

describe("scores", () => {
  it("reach what the published examples say", () => {
    for (const [startupMs, score] of [
      [400, 0.95],
      [2_000, 0.8],
      [8_000, 0.5],
      [20_000, 0.29],
    ] as const) {
      const { values } = played(["viewstart", 0], ["playing", startupMs], ["viewend", 60_000]);
      expect(values["startup_time_score"]).toBeCloseTo(score, 2);
    }
    const stalled = played(
      ["viewstart", 0],
      ["playing", 0],
      ["rebufferstart", 1_000],
      ["rebufferend", 6_000],
      ["viewend", 300_000],
    );
    expect(stalled.values["rebuffer_score"]).toBeCloseTo(0.87, 2);
  });
});

describe("clocks", () => {
  it("of days ago change nothing but are corrected", () => {
    const fast = played(...START, END);
    expect([fast.viewStartMs, fast.viewEndMs]).toEqual([1_795_409_000_000, 1_795_409_020_000]);
  });
});
