import { describe, expect, it } from "vitest";
import { aspectRatio, resolutionTier, storedResolution } from "./picture-shape.ts";

const size = (widthPx: number, heightPx: number) => ({ widthPx, heightPx });

describe("resolutionTier and storedResolution", () => {
  it.each([
    [null, "audio-only", "Audio only"],
    [size(640, 360), "720p", "SD"],
    [size(1280, 720), "720p", "HD"],
    [size(720, 1280), "720p", "HD"],
    [size(1282, 720), "1080p", "FHD"],
    [size(1920, 1080), "1080p", "FHD"],
    [size(2560, 1440), "1440p", "UHD"],
    [size(2048, 2048), "1440p", "UHD"],
    [size(3840, 2160), "2160p", "UHD"],
  ])("of %j are %s and %s", (picture, tier, stored) => {
    expect(resolutionTier(picture)).toBe(tier);
    expect(storedResolution(picture)).toBe(stored);
  });
});

describe("aspectRatio", () => {
  it.each([
    [size(1920, 1080), "16:9"],
    [size(854, 480), "16:9"],
    [size(480, 854), "9:16"],
    [size(1080, 1080), "1:1"],
    [size(640, 480), "4:3"],
    [size(2560, 1080), "64:27"],
    [size(640, 268), "160:67"],
    [size(268, 640), "67:160"],
  ])("of %j is %s", (picture, ratio) => {
    expect(aspectRatio(picture)).toBe(ratio);
  });
});
