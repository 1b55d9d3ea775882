import { describe, expect, it } from "vitest";
import { isMp4Support, type Mp4Support, mp4Files, mp4Status } from "./mp4-support.ts";

const FILM = { hasPicture: true, hasSound: true };
const SILENT = { hasPicture: true, hasSound: false };
const SOUND = { hasPicture: false, hasSound: true };

describe("mp4Files", () => {
  it.each<[Mp4Support, string[], string[], string[]]>([
    ["none", [], [], []],
    ["standard", ["low", "medium", "high"], ["low", "medium", "high"], ["audio-only"]],
    ["capped-1080p", ["capped-1080p"], ["capped-1080p"], ["audio-only"]],
    ["audio-only", ["audio-only"], ["audio-only"], ["audio-only"]],
    ["audio-only,capped-1080p", ["audio-only", "capped-1080p"], ["capped-1080p"], ["audio-only"]],
  ])("%s asks for what the asset has", (support, film, silent, sound) => {
    expect([FILM, SILENT, SOUND].map((asset) => mp4Files(support, asset))).toEqual([film, silent, sound]);
  });
});

describe("mp4Status", () => {
  it.each([
    ["preparing", [], "preparing"],
    ["ready", [], "preparing"],
    ["ready", ["ready", "preparing"], "preparing"],
    ["ready", ["ready", "skipped", "skipped"], "ready"],
    ["ready", ["preparing", "errored"], "errored"],
    ["ready", ["skipped"], "errored"],
    ["errored", [], "errored"],
  ] as const)("of an asset that is %s with %j is %s", (asset, files, status) => {
    expect(mp4Status(asset, files)).toBe(status);
  });
});

it("knows the settings by their spelling", () => {
  expect(["none", "standard", "Standard", "capped-1080p,audio-only"].map(isMp4Support)).toEqual([
    ...[true, true],
    ...[false, false],
  ]);
});
