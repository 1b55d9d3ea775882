import { describe, expect, it } from "vitest";
import {
  describePolicies,
  describeReason,
  describeResolution,
  describeStanding,
  describeTrack,
  nameOf,
  pictureTimes,
  stageRatio,
} from "./asset-facts.ts";
import { AssetWire } from "./wire.ts";

const track = (wire: Record<string, unknown>) => {
  const asset = AssetWire.parse({ id: "a", status: "ready", created_at: "1", tracks: [{ id: "t", ...wire }] });
  return describeTrack(asset.tracks[0] ?? expect.fail());
};

describe("describeTrack", () => {
  it("says what there is to know of each kind", () => {
    expect(track({ type: "video", max_width: 1920, max_height: 1080, max_frame_rate: 25 })).toBe(
      "Video, 1920 × 1080, 25 fps",
    );
    expect(track({ type: "video", max_width: 1920, max_height: 1080, max_frame_rate: -1 })).toBe("Video, 1920 × 1080");
    expect(track({ type: "audio", max_channels: 2, language_code: "de" })).toBe("Audio, de, stereo");
    expect(track({ type: "audio", max_channels: 3 })).toBe("Audio, 3 channels");
    expect(track({ type: "audio", max_channels: 1, name: "Default", language_code: "und" })).toBe("Audio, mono");
    expect(track({ type: "text", name: "English" })).toBe("Text, English");
  });
});

describe("describeStanding", () => {
  it("tells a share only while a source is converted", () => {
    expect(describeStanding({ status: "preparing", convertedRatio: null })).toBe("Preparing");
    expect(describeStanding({ status: "preparing", convertedRatio: 0.2302 })).toBe("Converting 23%");
    expect(describeStanding({ status: "ready", convertedRatio: null })).toBe("Ready");
    expect(describeStanding({ status: "errored", convertedRatio: null })).toBe("Failed");
  });
});

describe("describePolicies", () => {
  it("says each once, and when nobody can play", () => {
    const ids = ["public", "public", "signed"].map((policy, at) => ({ id: String(at), policy }));
    expect(describePolicies({ status: "ready", playbackIds: ids })).toBe("Public, Signed");
    expect(describePolicies({ status: "ready", playbackIds: [] })).toBe("Not playable");
    expect(describePolicies({ status: "errored", playbackIds: ids })).toBeNull();
  });
});

describe("describeResolution", () => {
  const asset = (wire: Record<string, unknown>) =>
    AssetWire.parse({ id: "a", status: "ready", created_at: "1", resolution_tier: "720p", ...wire });
  const video = (max_width: number, max_height: number) => ({
    tracks: [{ id: "t", type: "video", max_width, max_height }],
  });

  it("counts the lines of what there is, upright or not", () => {
    expect(describeResolution(asset(video(320, 240)))).toBe("240p");
    expect(describeResolution(asset(video(1080, 1920)))).toBe("1080p");
    expect(describeResolution(asset({}))).toBe("720p");
    expect(describeResolution(asset({ resolution_tier: "audio-only" }))).toBe("Audio only");
  });
});

describe("stageRatio", () => {
  it("is the film's own, within what leaves room for controls", () => {
    const ratios = ["4:3", "9:16", "1:4", "32:9", null, "?"].map((aspectRatio) => stageRatio({ aspectRatio }));
    expect(ratios).toEqual([4 / 3, 9 / 16, 9 / 16, 3, 16 / 9, 16 / 9]);
  });
});

describe("pictureTimes", () => {
  it("keeps away from both ends", () => expect(pictureTimes(60, 6)).toEqual([5, 15, 25, 35, 45, 55]));
});

it("calls a video without a title by the begin of its id", () => {
  expect(nameOf({ title: null, id: "Ab01cD02eF03" })).toBe("Video Ab01cD02");
  expect(describeReason("video_codec", "vp9")).toBe("video codec: vp9");
  expect(describeReason("new_reason", "x")).toBe("new_reason: x");
});
