import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { VideoRendition } from "./plan.ts";
import { RESOLUTION_CLASSES, resolutionClass, withinLimits } from "./resolution-class.ts";

describe("resolutionClass", () => {
  it.each([
    [1920, 1080, "1080p"],
    [1080, 1920, "1080p"],
    [1920, 804, "1080p"],
    [1440, 1080, "1080p"],
    [1280, 720, "720p"],
    [854, 480, "480p"],
    [852, 480, "480p"],
    [856, 480, "480p"],
    [640, 352, "360p"],
    [480, 270, "270p"],
    [16, 16, "270p"],
    [4096, 2160, "2160p"],
    [7680, 4320, "2160p"],
  ])("puts %d × %d into %s", (widthPx, heightPx, expected) => {
    expect(resolutionClass({ widthPx, heightPx })).toBe(expected);
  });
});

describe("withinLimits", () => {
  const rendition = (heightPx: number) => ({ widthPx: (heightPx * 16) / 9, heightPx }) as VideoRendition;
  const ladder = [1080, 720, 540, 360].map(rendition);
  const heights = (max: string | null, min: string | null, video = ladder): number[] =>
    withinLimits(video, {
      max: RESOLUTION_CLASSES.find((name) => name === max) ?? null,
      min: RESOLUTION_CLASSES.find((name) => name === min) ?? null,
    }).map(({ heightPx }) => heightPx);

  it("keeps all without limits, and those within", () => {
    expect(heights(null, null)).toEqual([1080, 720, 540, 360]);
    expect(heights("720p", null)).toEqual([720, 540, 360]);
    expect(heights(null, "540p")).toEqual([1080, 720, 540]);
    expect(heights("720p", "540p")).toEqual([720, 540]);
  });

  it("falls to the nearest below what a limit names", () => {
    expect(heights("480p", null)).toEqual([360]);
    expect(heights(null, "2160p")).toEqual([1080]);
    expect(heights("720p", "1080p")).toEqual([720]);
    expect(heights("480p", "480p")).toEqual([360]);
  });

  it("takes the lowest where nothing is below", () => {
    expect(heights("270p", null)).toEqual([360]);
  });

  it("never leaves a video without renditions, and keeps their order", () => {
    const limit = fc.option(fc.constantFrom(...RESOLUTION_CLASSES));
    const video = fc.uniqueArray(fc.integer({ min: 100, max: 2200 }), { minLength: 1 });
    fc.assert(
      fc.property(video, limit, limit, (sizes, max, min) => {
        const sorted = [...sizes].sort((a, b) => b - a);
        const kept = heights(max, min, sorted.map(rendition));
        expect(kept.length).toBeGreaterThan(0);
        expect(sorted.filter((height) => kept.includes(height))).toEqual(kept);
      }),
    );
    expect(heights(null, null, [])).toEqual([]);
    expect(heights("720p", "720p", [])).toEqual([]);
  });
});
