import { describe, expect, it } from "vitest";
import {
  describePolicies,
  describeReason,
  describeStanding,
  describeTrack,
  nameOf,
  pictureTimes,
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
    expect(describePolicies({ playbackIds: ids })).toBe("Public, Signed");
    expect(describePolicies({ playbackIds: [] })).toBe("Not playable");
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
