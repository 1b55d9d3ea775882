import { describe, expect, it } from "vitest";
import { type Moment, played } from "../testing/play.ts";

const START: readonly Moment[] = [
  ["viewstart", 0],
  ["play", 10],
  ["playing", 500],
];
const END: Moment = ["viewend", 20_000];

describe("playing", () => {
  it("is watching without start-up, stalls and seeks, each counted once where they overlap", () => {
    const record = played([
      ...START,
      ["rebufferstart", 5_000],
      ["seeking", 6_000],
      ["rebufferend", 6_500],
      ["seeked", 8_000],
      END,
    ]);
    expect(record).toMatchObject({ watchMs: 20_000, playingMs: 16_500, rebufferMs: 1_000, seekMs: 2_000 });
  });

  it("at double speed takes the time it took on the wall clock", () => {
    const hb = (at: number): Moment => ["hb", at, { player_playhead_time: 2 * (at - 500) }];
    const record = played([...START, hb(10_500), ["viewend", 20_500, { player_playhead_time: 40_000 }]]);
    expect(record).toMatchObject({ watchMs: 20_500, playingMs: 20_000, maxPlayheadMs: 40_000 });
  });

  it("stops while the device sleeps", () => {
    const record = played([...START, ["devicesleep", 2_000], ["devicewake", 12_000], END]);
    expect(record).toMatchObject({ watchMs: 10_000, playingMs: 9_500 });
  });

  it("that nobody ended lasts until the newest event, and is said to be dropped once that is sure", () => {
    const moments: Moment[] = [...START, ["hb", 10_500]]; // a page that went into the back-forward cache says no more
    expect(played(moments)).toMatchObject({ watchMs: 10_500, ended: false, dropped: false });
    expect(played(moments, { dropped: true })).toMatchObject({ playingMs: 10_000, ended: false, dropped: true });
  });

  it("is not lost with the events that a sampler or a size limit took away", () => {
    const gaps = { sequences: [1, 2, 3, 40, 90] };
    const record = played([...START, ["pause", 5_000, { player_playhead_time: 4_500 }], END], gaps);
    expect(record).toMatchObject({ eventCount: 5, watchMs: 5_000, playingMs: 4_500 });
  });

  it("without a beginning is known, its start-up is not", () => {
    const record = played([["playing", 500], END], { sequences: [7, 8] });
    expect(record).toMatchObject({
      startupMs: null,
      contentStartupMs: null,
      startupTimeScore: null,
      playingMs: 19_500,
    });
    expect(record.smoothnessScore).toBe(1);
  });

  it("of a program that changed under a running player has no start-up", () => {
    const record = played([["viewstart", 0, { view_program_changed: true }], ["play", 0], ["playing", 0], END]);
    expect(record).toMatchObject({ startupMs: null, playingMs: 20_000 });
  });
});

describe("seeks", () => {
  it("in a pause are waited for, and no more of the pause is", () => {
    const record = played([
      ...START,
      ["pause", 5_000],
      ["seeking", 7_000],
      ["seeked", 7_400],
      ["seeking", 8_000],
      ["seeked", 8_100],
      ["viewend", 9_000],
    ]);
    expect(record).toMatchObject({ watchMs: 5_500, playingMs: 4_500, seekCount: 2, seekMs: 500 });
  });

  it("go on through a pause, and end with the view at the latest", () => {
    const paused = played([...START, ["seeking", 5_000], ["pause", 5_100], ["seeked", 6_000], END]);
    expect(paused).toMatchObject({ seekCount: 1, seekMs: 1_000, watchMs: 6_000 });
    expect(played([...START, ["seeking", 19_000], END])).toMatchObject({ seekCount: 1, seekMs: 1_000 });
  });

  it("that overlap close the earlier one first", () => {
    const record = played([...START, ["seeking", 5_000], ["seeking", 8_000], ["seeked", 9_000], END]);
    expect(record).toMatchObject({ seekCount: 2, seekMs: 4_000 });
  });

  it("of a player that nobody has asked to play are its own affair", () => {
    expect(played([["seeking", -500], ["seeked", -400], ...START, END])).toMatchObject({ seekCount: 0, seekMs: 0 });
  });
});

describe("stalls", () => {
  it("begin when they are dated back to; the longest is kept", () => {
    const record = played([
      ...START,
      ["hb", 5_000],
      ["rebufferstart", 4_000],
      ["rebufferend", 6_000],
      ["rebufferstart", 9_000],
      ["rebufferend", 12_000],
      END,
    ]);
    expect(record).toMatchObject({ rebufferCount: 2, rebufferMs: 5_000, longestRebufferMs: 3_000 });
  });

  it("are none before the first frame, in a seek or in an ad break", () => {
    const before = played([["play", 0], ["rebufferstart", 100], ["rebufferend", 900], ["playing", 1_000], END]);
    expect(before).toMatchObject({ rebufferCount: 0, startupMs: 1_000 });
    const within = played([
      ...START,
      ["seeking", 2_000],
      ["rebufferstart", 2_100],
      ["rebufferend", 2_500],
      ["seeked", 3_000],
      ["adbreakstart", 4_000],
      ["rebufferstart", 4_100],
      ["rebufferend", 4_200],
      END,
    ]);
    expect(within.rebufferCount).toBe(0);
  });
});

describe("ranges that were played", () => {
  it("are those of the newest list, also of one that was cut on its way", () => {
    const record = played([
      ["hb", 0, { video_playback_range: '["0:5000"]' }],
      ["hb", 1, { video_playback_range: '["0:6004.5","20000:31000","7:7","9' }],
    ]);
    expect(record.playbackRanges).toEqual([
      { startMs: 0, endMs: 6_005 },
      { startMs: 20_000, endMs: 31_000 },
    ]);
  });
});

describe("clocks", () => {
  it("that are days off show in the client's times alone", () => {
    const offMs = -3 * 86_400_000;
    const [right, wrong] = [played([...START, END]), played([...START, END], { clockOffsetMs: offMs })];
    expect(wrong.viewStartMs - right.viewStartMs).toBe(offMs);
    expect({ ...wrong, viewStartMs: 0, viewEndMs: 0, lastSeenMs: 0 }).toEqual({
      ...{ ...right, viewStartMs: 0, viewEndMs: 0, lastSeenMs: 0 },
    });
  });

  it("that say what cannot be are marked, and the time of sending stands for it", () => {
    const record = played([...START, ["hb", 10_000, { viewer_time: 4e12 }], END]);
    expect(record).toMatchObject({ clampedTimeCount: 1, watchMs: 20_000, viewEndMs: record.viewStartMs + 20_000 });
  });
});
