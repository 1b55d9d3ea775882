import { describe, expect, it } from "vitest";
import { played } from "../view/testing/play.ts";
import type { ViewRecord } from "../view/view-record.ts";
import { COMPLETION } from "./completion.ts";

const WATCHED = played([
  ["viewstart", 0],
  ["playing", 500],
  ["viewend", 10_500],
]);

const of = (parts: Partial<ViewRecord>) => COMPLETION.perView({ ...WATCHED, ...parts });
const range = (startMs: number, endMs: number) => ({ startMs, endMs });

describe("completion of a view", () => {
  it("counts what was played twice once, and nothing behind the end", () => {
    expect(of({ sourceDurationMs: 10_000, playbackRanges: [range(0, 4_000), range(2_000, 5_000)] })).toBe(0.5);
    expect(of({ sourceDurationMs: 10_000, playbackRanges: [range(8_000, 12_000), range(11_000, 20_000)] })).toBe(0.2);
    expect(of({ sourceDurationMs: 10_000, playbackRanges: [range(0, 30_000)] })).toBe(1);
  });

  it("goes by the source's length, else by what the page says", () => {
    const playbackRanges = [range(0, 4_000)];
    expect(of({ sourceDurationMs: null, videoDurationMs: 8_000, playbackRanges })).toBe(0.5);
    expect(of({ sourceDurationMs: 0, videoDurationMs: 16_000, playbackRanges })).toBe(0.25);
    expect(of({ sourceDurationMs: null, videoDurationMs: 0, playbackRanges })).toBeNull();
  });

  it.each(["live", "Live", "ll-live", "live:dvr", "DVR"])("is none for a stream of type %s", (streamType) => {
    expect(of({ sourceDurationMs: 10_000, playbackRanges: [range(0, 5_000)], streamType })).toBeNull();
  });

  it("is 0 where nothing played, and none where something did that nobody tells of", () => {
    expect(of({ sourceDurationMs: 10_000, contentPlayingMs: 0 })).toBe(0);
    expect(of({ sourceDurationMs: 10_000 })).toBeNull();
  });
});
