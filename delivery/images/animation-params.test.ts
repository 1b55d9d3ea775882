import { describe, expect, it } from "vitest";
import { PlaybackError } from "../playback-error.ts";
import { readAnimationParams } from "./animation-params.ts";

const read = (query: string, assetSeconds = 60) => readAnimationParams(new URLSearchParams(query), assetSeconds);

describe("readAnimationParams", () => {
  it.each([
    ["", { startSeconds: 0, endSeconds: 5, widthPx: 320, heightPx: null, fps: 15 }],
    ["start=2", { startSeconds: 2, endSeconds: 7 }],
    ["start=2.5&end=12.5&fps=12.5", { startSeconds: 2.5, endSeconds: 12.5, fps: 12.5 }],
    ["start=0.0004&end=0.25", { startSeconds: 0, endSeconds: 0.25 }],
    ["start=57", { startSeconds: 57, endSeconds: 60 }],
    ["start=57&end=63", { startSeconds: 57, endSeconds: 60 }],
    ["height=100", { widthPx: null, heightPx: 100 }],
    ["width=640&height=640", { widthPx: 640, heightPx: 640 }],
  ])("reads %j", (query, expected) => {
    expect(read(query)).toMatchObject(expected);
  });

  it("takes what there is of a very short asset", () => {
    expect(read("", 0.1)).toMatchObject({ startSeconds: 0, endSeconds: 0.1 });
  });

  it.each([
    "end=10.001",
    "end=0.249",
    "start=59.8",
    "start=61",
    "start=-1",
    "width=641",
    "width=0",
    "height=641",
    "fps=31",
    "fps=0",
    "fps=fast",
    "end=",
  ])("refuses %s, and says which parameter it is", (query) => {
    expect(() => read(query)).toThrow(PlaybackError);
    expect(() => read(query)).toThrow(`${query.split("=")[0]} must be`);
  });
});
