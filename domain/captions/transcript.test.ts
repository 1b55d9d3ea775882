import { describe, expect, it } from "vitest";
import { transcript } from "./transcript.ts";

const track = (...texts: [startMs: number, endMs: number, text: string][]) => ({
  version: 1 as const,
  blocks: [],
  cues: texts.map(([startMs, endMs, text]) => ({ startMs, endMs, id: null, settings: "", text })),
});

describe("transcript", () => {
  it("is the text alone, a line a line", () => {
    const captions = track([0, 1, "<v Ann>Hi <b>there</b> &amp; &lt;you&gt;&nbsp;"], [5, 6, "two\n lines "]);
    expect(transcript(captions)).toBe("Hi there & <you>\ntwo\nlines\n");
  });

  it("tells lines that roll up once, and what is said twice twice", () => {
    expect(transcript(track([0, 1, "a"], [1, 2, "a\nb"], [2, 3, "a\nb\nc"], [3, 4, "c\nd"]))).toBe("a\nb\nc\nd\n");
    expect(transcript(track([0, 1, "No."], [2, 3, "No."]))).toBe("No.\nNo.\n");
  });
});
