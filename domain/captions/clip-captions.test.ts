import { describe, expect, it } from "vitest";
import type { Cue } from "./captions.ts";
import { clipCaptions } from "./clip-captions.ts";

const cue = (startMs: number, endMs: number, text = "x"): Cue => ({ startMs, endMs, id: null, settings: "", text });
const clip = (cues: readonly Cue[]) =>
  clipCaptions({ version: 1, blocks: ["STYLE"], cues }, { startMs: 10_000, endMs: 20_000 });

describe("clipCaptions", () => {
  it("keeps what is on screen in the stretch, on its own time line, cut at its edges", () => {
    const kept = clip([
      cue(0, 10_000),
      cue(8_000, 11_000),
      cue(12_000, 13_500),
      cue(19_999, 30_000),
      cue(20_000, 21_000),
    ]);
    expect(kept.cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 1_000],
      [2_000, 3_500],
      [9_999, 10_000],
    ]);
  });

  it("keeps everything else of a cue, and of the file", () => {
    const whole = { ...cue(12_000, 13_000), id: "7", settings: "line:0" };
    expect(clip([whole])).toEqual({
      version: 1,
      blocks: ["STYLE"],
      cues: [{ ...whole, startMs: 2_000, endMs: 3_000 }],
    });
  });

  it("moves the times of words, and drops those that are over", () => {
    const words = "One <00:00:09.500>two <00:11.000>three <c>four</c> <00:00:21.000>five";
    expect(clip([cue(9_000, 22_000, words)]).cues[0]?.text).toBe("One two <00:00:01.000>three <c>four</c> five");
  });
});
