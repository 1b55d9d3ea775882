import { describe, expect, it } from "vitest";
import { PlaybackError } from "../playback-error.ts";
import { PLAN_ID, smallPlan } from "../testing/plans.ts";
import { readThumbnailParams } from "./thumbnail-params.ts";
import { wantedImage } from "./thumbnails.ts";

const read = (query: string) => readThumbnailParams(new URLSearchParams(query));
const ref = { environment: "abc123", assetId: "asset", planId: PLAN_ID };

describe("readThumbnailParams", () => {
  it("reads time and bounds, and ignores what it does not know", () => {
    expect(read("")).toEqual({ timeSeconds: null, widthPx: null, heightPx: null });
    const query = "time=12.5&width=16&height=4096&fit_mode=preserve&else=1";
    expect(read(query)).toEqual({ timeSeconds: 12.5, widthPx: 16, heightPx: 4096 });
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
    "rotate=90",
    "fit_mode=crop",
    "flip_h=true",
    "flip_v=true",
    "program_time=1",
    "latest=true",
  ])("refuses %s, and says which parameter it is", (query) => {
    expect(() => read(query)).toThrow(PlaybackError);
    expect(() => read(query)).toThrow(query.split("=")[0]);
  });
});

describe("wantedImage", () => {
  const wanted = (query: string) => wantedImage(ref, smallPlan(), "jpg", read(query));

  it("takes the middle unless a time is given", () => {
    expect(wanted("width=160")).toEqual({
      ...ref,
      kind: "image",
      format: "jpg",
      timeSeconds: 5.005,
      widthPx: 160,
      heightPx: null,
    });
    expect(wanted("time=0").timeSeconds).toBe(0);
  });

  it("keeps the time within the asset", () => {
    expect(wanted("time=999").timeSeconds).toBe(10.01);
  });

  it("has no picture of what has none", () => {
    expect(() => wantedImage(ref, smallPlan({ video: [] }), "jpg", read(""))).toThrow("no picture");
  });
});
