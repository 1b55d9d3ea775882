import { describe, expect, it } from "vitest";
import { type Moment, played } from "../testing/play.ts";

const PLAYING: readonly Moment[] = [
  ["play", 0],
  ["playing", 0],
];

describe("captions, full screen and picture in picture", () => {
  it("count when they were used at any time", () => {
    const record = played([
      ["play", 0, { player_captions_enabled: true, player_is_fullscreen: true, player_pip_enabled: true }],
      ["hb", 1, { player_captions_enabled: false, player_is_fullscreen: false, player_pip_enabled: false }],
    ]);
    expect(record).toMatchObject({ usedCaptions: true, usedFullscreen: true, usedPip: true });
    expect(played(PLAYING)).toMatchObject({ usedCaptions: false, usedFullscreen: false, usedPip: false });
  });

  it("are known by text tracks and playback modes too", () => {
    const track = played([["texttrackchange", 0, { player_text_track_enabled: true, player_text_track_type: "cc" }]]);
    expect(track.usedCaptions).toBe(true);
    const modes = (mode: string) => played([["playbackmodechange", 0, { player_playback_mode: mode }]]);
    expect(modes("fullscreen")).toMatchObject({ usedFullscreen: true, usedPip: false });
    expect(modes("pip")).toMatchObject({ usedFullscreen: false, usedPip: true });
  });
});

describe("playback modes", () => {
  it("share the time of playing, content and ads, without stalls", () => {
    const record = played([
      ["playbackmodechange", 0, { player_playback_mode: "standard", player_playback_mode_data: "{}" }],
      ...PLAYING,
      ["playbackmodechange", 4_000, { player_playback_mode: "fullscreen", player_playback_mode_data: '{"by":"key"}' }],
      ["rebufferstart", 5_000],
      ["rebufferend", 6_000],
      ["playbackmodechange", 9_000, { player_playback_mode: "standard", player_playback_mode_data: "{}" }],
      ["viewend", 10_000],
    ]);
    expect(record.playbackModes).toEqual([
      { mode: "standard", data: "", playingMs: 5_000 },
      { mode: "fullscreen", data: '{"by":"key"}', playingMs: 4_000 },
    ]);
  });

  it("are none until one was told, and nothing of the playing time is lost", () => {
    const mode = (at: number, name: string): Moment => ["playbackmodechange", at, { player_playback_mode: name }];
    const modes = (...moments: Moment[]) =>
      played([...PLAYING, ...moments, ["viewend", 10_000]]).playbackModes.map(({ mode: name, playingMs }) => [
        ...[name, playingMs],
      ]);
    expect(modes()).toEqual([["", 10_000]]);
    expect(modes(mode(3_000, "pip"))).toEqual([
      ["", 3_000],
      ["pip", 7_000],
    ]);
  });
});

describe("flags of a player", () => {
  it("are read in the words of Roku, and preload in those of the web", () => {
    const record = played([["play", 0, { player_autoplay_on: "true", player_remote_played: "false" }]]);
    expect(record).toMatchObject({ playerAutoplay: true, playerRemotePlayed: false });
    const preload = (told: unknown) => played([["play", 0, { player_preload_on: told }]]).playerPreload;
    expect(["auto", "metadata", "", "true", true].map(preload)).toEqual([true, true, true, true, true]);
    expect(["none", "false", false, null].map(preload)).toEqual([false, false, false, false]);
    expect(played(PLAYING)).toMatchObject({ playerPreload: false, playerAutoplay: false, playerRemotePlayed: null });
  });
});
