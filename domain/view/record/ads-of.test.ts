import { describe, expect, it } from "vitest";
import { type Moment, played } from "../testing/play.ts";

/** A click, one pre-roll of 5 s, then content, as mux-embed with Google IMA tells it. */
const PREROLL: readonly Moment[] = [
  ["adrequest", -900, { ad_tag_url: "https://ads.example.com/vast?x=1" }],
  ["adresponse", -700],
  ["viewstart", 0],
  ["play", 5],
  ["pause", 20],
  ["adbreakstart", 20],
  ["adplay", 25, { ad_id: "a1", ad_asset_url: "https://media.example.net/a1.mp4" }],
  ["pause", 30],
  ["adplaying", 825, { ad_id: "a1" }],
  ["adended", 5_825, { ad_id: "a1" }],
  ["adbreakend", 5_830],
  ["play", 5_840],
  ["playing", 6_030],
];
const MIDROLL: readonly Moment[] = [
  ["pause", 30_000, { player_playhead_time: 24_000 }],
  ["adbreakstart", 30_000, { player_playhead_time: 24_000 }],
  ["adplay", 30_010, { player_playhead_time: 24_000 }],
  ["adplaying", 30_510, { player_playhead_time: 24_000 }],
  ["adended", 40_510, { player_playhead_time: 24_000 }],
  ["adbreakend", 40_510, { player_playhead_time: 24_000 }],
  ["play", 40_520, { player_playhead_time: 24_000 }],
  ["playing", 40_600, { player_playhead_time: 24_000 }],
];
const END: Moment = ["viewend", 60_000];

describe("a pre-roll", () => {
  it("shows the view's first frame; its loading and showing is no part of the content's start", () => {
    const record = played([...PREROLL, END]);
    expect(record).toMatchObject({ startupMs: 825, contentStartupMs: 20 + (6_030 - 5_830), hasAd: true });
    expect(record).toMatchObject({ prerollStartupMs: 805, prerollRequestMs: 25, prerollLoadMs: 800 });
    expect(record).toMatchObject({ prerollRequestCount: 1, prerollRequested: true, prerollPlayed: true });
    expect(record).toMatchObject({
      prerollAdTagHostname: "ads.example.com",
      prerollAdAssetHostname: "media.example.net",
    });
  });

  it("plays apart from the content", () => {
    const record = played([...PREROLL, END]);
    expect(record).toMatchObject({ adPlayingMs: 5_000, prerollPlayingMs: 5_000, midrollPlayingMs: 0 });
    expect(record).toMatchObject({ contentPlayingMs: 60_000 - 6_030, playingMs: 5_000 + 60_000 - 6_030 });
  });

  it("that is waited for is watched, though the content is paused for it", () => {
    expect(played([...PREROLL, END]).watchMs).toBe(60_000);
  });

  it("that the viewer does not wait for counts as left, and the view as one that never started", () => {
    const left = played([...PREROLL.slice(0, 8), ["viewend", 700]]);
    expect(left).toMatchObject({ adAttemptCount: 1, adImpressionCount: 0, adExitBeforeStartCount: 1 });
    expect(left).toMatchObject({ exitBeforeVideoStart: true, startupMs: null, playbackSuccessScore: null });
    expect(left).toMatchObject({ prerollStartupMs: null, prerollPlayed: false });
  });

  it("that fails is no exit; content still starts", () => {
    const failed = played([
      ...PREROLL.slice(0, 8),
      ["aderror", 600],
      ["adbreakend", 610],
      ["play", 620],
      ["playing", 900],
      END,
    ]);
    expect(failed).toMatchObject({ adErrorCount: 1, adStartupErrorCount: 1, adBreakCount: 1, adBreakErrorCount: 1 });
    expect(failed).toMatchObject({ adExitBeforeStartCount: 0, playbackFailure: false, startupMs: 900 });
    expect(failed.contentStartupMs).toBe(900 - (610 - 20));
  });
});

describe("a break", () => {
  it("counts each of its ads, also those that come without an adplay", () => {
    const record = played([
      ...PREROLL.slice(0, 10),
      ["adplaying", 6_000],
      ["adended", 9_000],
      ["aderror", 9_100],
      ["adbreakend", 9_200],
      ["playing", 9_300],
      END,
    ]);
    expect(record).toMatchObject({ adBreakCount: 1, adBreakErrorCount: 1, adAttemptCount: 3, adImpressionCount: 2 });
    expect(record).toMatchObject({ adErrorCount: 1, adStartupErrorCount: 1, prerollPlayingMs: 5_000 + 3_000 });
  });

  it("in the midst of the content is a mid-roll; waiting for it is not playing", () => {
    const record = played([...PREROLL, ...MIDROLL, END]);
    expect(record).toMatchObject({
      adBreakCount: 2,
      adAttemptCount: 2,
      adImpressionCount: 2,
      midrollPlayingMs: 10_000,
    });
    expect(record.contentPlayingMs).toBe(30_000 - 6_030 + (60_000 - 40_510));
    expect(record.watchMs).toBe(60_000);
  });

  it("is what the integration calls it, wherever the content stands", () => {
    const renamed = PREROLL.map(([name, at, told]): Moment => [name, at, { ...told, ad_type: "midroll" }]);
    const record = played([...renamed, END]);
    expect(record).toMatchObject({ midrollPlayingMs: 5_000, prerollPlayingMs: 0, prerollPlayed: false });
  });

  it("after the content is a post-roll, and the view is not watched beyond it", () => {
    const record = played([
      ["play", 0],
      ["playing", 100],
      ["pause", 20_000, { player_playhead_time: 19_900 }],
      ["ended", 20_004, { player_playhead_time: 19_900 }],
      ["adbreakstart", 20_100, { player_playhead_time: 19_900 }],
      ["adplay", 20_100, { player_playhead_time: 19_900 }],
      ["adplaying", 20_400, { player_playhead_time: 19_900 }],
      ["adended", 25_400, { player_playhead_time: 19_900 }],
      ["adbreakend", 25_400, { player_playhead_time: 19_900 }],
      END,
    ]);
    expect(record).toMatchObject({ postrollPlayingMs: 5_000, contentPlayingMs: 19_904, watchMs: 25_304 });
  });

  it("ends with the content that plays again, though nobody says so", () => {
    const record = played([...PREROLL.slice(0, 9), ["adended", 5_825], ["playing", 6_000], END]);
    expect(record).toMatchObject({ contentStartupMs: 20, contentPlayingMs: 54_000 });
  });

  it("without a beginning lasts as long as its ad", () => {
    const record = played([
      ["viewstart", 0],
      ["adplay", 10],
      ["adplaying", 400],
      ["adended", 3_400],
      ["play", 3_410],
      ["playing", 3_600],
      END,
    ]);
    expect(record).toMatchObject({ adBreakCount: 1, prerollPlayingMs: 3_000, contentStartupMs: 10 + 200 });
  });

  it("in a stream that carries both goes on while the stream's own element plays", () => {
    const record = played([
      ["viewstart", 0],
      ["play", 0],
      ["adbreakstart", 10],
      ["adplay", 10],
      ["adplaying", 500],
      ["playing", 505],
      ["adended", 4_500],
      ["adbreakend", 4_500],
      END,
    ]);
    expect(record).toMatchObject({ startupMs: 500, contentStartupMs: 10, prerollPlayingMs: 4_000 });
    expect(record.contentPlayingMs).toBe(60_000 - 4_500);
  });
});

describe("an ad", () => {
  it("that is paused and goes on is one ad, and the pause is not watched", () => {
    const record = played([
      ...PREROLL.slice(0, 9),
      ["adpause", 2_825],
      ["adplay", 12_825],
      ["adplaying", 12_825],
      ...PREROLL.slice(9).map(([name, at]): Moment => [name, at + 10_000]),
      ["viewend", 70_000],
    ]);
    expect(record).toMatchObject({ adAttemptCount: 1, adImpressionCount: 1, prerollPlayingMs: 5_000, watchMs: 60_000 });
  });

  it("that was skipped or clicked is counted from events, else from the client's counters", () => {
    expect(played([...PREROLL.slice(0, 9), ["adclicked", 2_000], ["adskipped", 3_000], END])).toMatchObject({
      ...{ adClickedCount: 1, adSkippedCount: 1, prerollPlayingMs: 2_175 },
    });
    expect(played([["viewend", 0, { view_ad_skipped_count: 2, view_ad_clicked_count: 1 }]])).toMatchObject({
      ...{ adClickedCount: 1, adSkippedCount: 2 },
    });
  });

  it("takes a fatal error in its break upon itself", () => {
    const record = played([...PREROLL.slice(0, 9), ["error", 3_000, { player_error_code: 2 }], END]);
    expect(record).toMatchObject({ playbackFailure: true, adPlaybackFailure: true, contentPlaybackFailure: false });
    expect(record).toMatchObject({ videoStartupFailure: false, playbackSuccessScore: 0 });
  });
});

describe("a view without ads", () => {
  it("has no pre-roll figures, and does not say that one was not played", () => {
    const record = played([["play", 0], ["playing", 10], END]);
    expect(record).toMatchObject({ hasAd: false, prerollRequested: null, prerollPlayed: null, prerollStartupMs: null });
  });
});
