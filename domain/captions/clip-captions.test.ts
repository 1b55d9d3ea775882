import { describe, expect, it } from "vitest";
import type { Captions, Cue } from "./captions.ts";
import { clipCaptions } from "./clip-captions.ts";

const cue = (startMs: number, endMs: number, text = "text"): Cue => ({ startMs, endMs, id: null, settings: "", text });
const captions = (...cues: Cue[]): Captions => ({ version: 1, blocks: ["REGION\nid:fred"], cues });
const spans = ({ cues }: Captions) => cues.map(({ startMs, endMs }) => [startMs, endMs]);

describe("clipCaptions", () => {
  it("keeps what is on screen in the clip, by the clip's own times", () => {
    const track = captions(cue(0, 2_000), cue(1_000, 2_001), cue(2_500, 3_000), cue(4_999, 9_000), cue(5_000, 6_000));
    const clipped = clipCaptions(track, { startMs: 2_000, endMs: 5_000 });
    expect(spans(clipped)).toEqual([
      [0, 1],
      [500, 1_000],
      [2_999, 3_000],
    ]);
    expect(clipped.blocks).toEqual(track.blocks);
  });

  it("moves times inside the text with it, and leaves what only looks like one", () => {
    const track = captions(cue(3_000, 9_000, "<00:03.500>one <00:00:05.000>two <00:61.000> <b>3</b>"));
    const [clipped] = clipCaptions(track, { startMs: 4_000, endMs: 10_000 }).cues;
    expect(clipped?.text).toBe("<00:00:00.000>one <00:00:01.000>two <00:61.000> <b>3</b>");
  });

  it("changes nothing of a track that fits", () => {
    const track = captions(cue(0, 2_000, "<00:01.000>x"), cue(1_000, 10_000));
    expect(clipCaptions(track, { startMs: 0, endMs: 10_000 })).toEqual(track);
  });
});
