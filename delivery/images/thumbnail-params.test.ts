import { describe, expect, it } from "vitest";
import { PlaybackError } from "../playback-error.ts";
import { PLAN_ID, smallPlan } from "../testing/plans.ts";
import { readThumbnailParams } from "./thumbnail-params.ts";
import { wantedImage } from "./wanted-image.ts";

const read = (query: string) => readThumbnailParams(new URLSearchParams(query));
const ref = { environment: "abc123", assetId: "asset", planId: PLAN_ID };

const AS_IT_IS = { fitMode: "preserve", rotateDegrees: 0, flipH: false, flipV: false };

describe("readThumbnailParams", () => {
  it("reads time and bounds, and ignores what it does not know", () => {
    expect(read("")).toEqual({ timeSeconds: null, widthPx: null, heightPx: null, ...AS_IT_IS });
    const query = "time=12.5&width=16&height=4096&fit_mode=preserve&latest=false&else=1";
    expect(read(query)).toEqual({ timeSeconds: 12.5, widthPx: 16, heightPx: 4096, ...AS_IT_IS });
    const turned = { fitMode: "smartcrop", rotateDegrees: 270, flipH: true, flipV: true };
    expect(read("width=10&height=20&fit_mode=smartcrop&rotate=270&flip_h=true&flip_v=true")).toMatchObject(turned);
  });

  it.each([
    "width=0",
    "width=4097",
    "width=1.5",
    "height=-1",
    "height=",
    "width=1e2",
    "time=-1",
    "time=abc",
    "time=",
    "time=1e9",
    "rotate=45",
    "rotate=0",
    "fit_mode=fill",
    "fit_mode=crop",
    "fit_mode=pad&width=10",
    "fit_mode=stretch&height=10",
    "flip_h=1",
    "flip_v=",
    "program_time=1",
    "latest=true",
  ])("refuses %s, and says which parameter it is", (query) => {
    expect(() => read(query)).toThrow(PlaybackError);
    expect(() => read(query)).toThrow(query.split("=")[0]);
  });

  it("says what may be given", () => {
    const all = () => read("rotate=45&fit_mode=fill&width=0");
    for (const message of [
      "rotate must be one of 90, 180, 270",
      "fit_mode must be one of preserve, stretch, crop, smartcrop, pad",
      "width must be a whole number from 1 to 4096",
    ]) {
      expect(all).toThrow(message);
    }
    expect(() => read("fit_mode=crop&width=5")).toThrow("fit_mode=crop needs width and height");
  });
});

describe("wantedImage", () => {
  const wanted = (query: string, usualSeconds: number | null = null) =>
    wantedImage(ref, smallPlan(), "jpg", read(query), usualSeconds);

  it("takes the middle unless a time is given", () => {
    expect(wanted("width=160")).toEqual({
      ...ref,
      kind: "image",
      format: "jpg",
      timeSeconds: 5.005,
      widthPx: 160,
      heightPx: null,
      ...AS_IT_IS,
    });
    expect(wanted("time=0").timeSeconds).toBe(0);
  });

  it("takes the asset's own time for the middle, where it has one", () => {
    expect([wanted("", 2.5).timeSeconds, wanted("", 0).timeSeconds]).toEqual([2.5, 0]);
    expect(wanted("time=1", 2.5).timeSeconds).toBe(1);
    expect(wanted("", 600).timeSeconds).toBe(10.01);
  });

  it("keeps the time within the asset", () => {
    expect(wanted("time=999").timeSeconds).toBe(10.01);
  });
});
