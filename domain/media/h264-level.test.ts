import { describe, expect, it } from "vitest";
import { h264HighCodecs, h264Level } from "./h264-level.ts";

describe("h264Level", () => {
  it.each([
    // size, rate, bit/s, level_idc by ITU-T H.264 table A-1
    [480, 270, 30, 500_000, 21],
    [640, 360, 30, 1_200_000, 30],
    [854, 480, 30, 1_200_000, 31],
    [1280, 720, 30, 2_600_000, 31],
    [1280, 720, 60, 2_600_000, 32],
    [1920, 1080, 30, 4_800_000, 40],
    [1920, 1080, 60, 4_800_000, 42],
    [3840, 2160, 30, 16_000_000, 51],
    [3840, 2160, 60, 16_000_000, 52],
    [7680, 4320, 120, 16_000_000, 52], // above all: the highest there is
  ])("of %i × %i at %i/s is %#", (widthPx, heightPx, frameRate, bitrate, level) => {
    expect(h264Level(widthPx, heightPx, frameRate, bitrate)).toBe(level);
  });

  it("goes into the name that playlists promise", () => {
    expect(h264HighCodecs(31)).toBe("avc1.64001f");
    expect(h264HighCodecs(42)).toBe("avc1.64002a");
  });
});
