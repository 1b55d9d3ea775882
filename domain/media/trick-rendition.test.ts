import { describe, expect, it } from "vitest";
import type { Plan, VideoRendition } from "./plan.ts";
import { findPlayable, renditionPictures, trickRendition } from "./trick-rendition.ts";

function planOf(widthPx: number, heightPx: number, boundaries: readonly number[]): Plan {
  const top: VideoRendition = {
    kind: "copied",
    name: "top",
    codecs: "avc1.640028",
    peakBitrate: 1,
    averageBitrate: 1,
    widthPx,
    heightPx,
    frameRate: 25,
  };
  return {
    version: 2,
    planId: "0123456789abcdef",
    sourceGeneration: 1,
    timescale: 25_000,
    boundaries,
    pictureEnd: boundaries.at(-1) ?? 0,
    video: [top],
    audio: [],
  };
}

const sizeOf = (widthPx: number, heightPx: number) => {
  const trick = trickRendition(planOf(widthPx, heightPx, [0, 50_000]));
  return [trick?.widthPx, trick?.heightPx];
};

describe("trickRendition", () => {
  it("is small, of the picture's shape, even and never larger", () => {
    expect(sizeOf(1920, 1080)).toEqual([480, 270]);
    expect(sizeOf(1080, 1920)).toEqual([270, 480]);
    expect(sizeOf(1920, 804)).toEqual([480, 202]); // 201: encoders want even sides
    expect(sizeOf(320, 180)).toEqual([320, 180]);
  });

  it("promises the bits of a full buffer for every picture, also where segments are short", () => {
    const long = trickRendition(planOf(1920, 1080, [0, 100_000, 200_000]));
    const short = trickRendition(planOf(1920, 1080, [0, 12_500]));
    expect(long?.peakBitrate).toBe(Math.ceil((450_000 + 1_600) / 4));
    expect(short?.peakBitrate).toBe((450_000 + 1_600) * 2);
  });

  it("is none where there is no picture", () => {
    const sound = { ...planOf(2, 2, [0, 50_000]), video: [] };
    expect([trickRendition(sound), findPlayable(sound, "trick")]).toEqual([null, null]);
  });
});

describe("findPlayable", () => {
  it("knows the plan's renditions and the one for scrubbing", () => {
    const plan = planOf(1920, 1080, [0, 50_000]);
    expect(["top", "trick", "other"].map((name) => findPlayable(plan, name)?.name)).toEqual([
      "top",
      "trick",
      undefined,
    ]);
  });
});

describe("renditionPictures", () => {
  it("are all of a segment, or its first for scrubbing", () => {
    expect(renditionPictures({ name: "720p" }, { from: 5, to: 55 })).toEqual({ from: 5, to: 55 });
    expect(renditionPictures({ name: "trick" }, { from: 5, to: 55 })).toEqual({ from: 5, to: 6 });
  });
});
