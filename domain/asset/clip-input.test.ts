import { describe, expect, it } from "vitest";
import { clipProblems, clipSpan } from "./clip-input.ts";

const url = "mux://assets/abc";

describe("clipProblems", () => {
  it.each([
    [{}],
    [{ start_time: 0, end_time: 0.5 }],
    [{ start_time: 1.8, end_time: 2.3 }],
    [{ start_time: 1_000 }],
    [{ end_time: 3 }],
  ])("has none with %j", (times) => {
    expect(clipProblems({ url, ...times }, "inputs[0]")).toEqual([]);
  });

  it.each([
    ["url", { url: "mux://assets/" }],
    ["url", { url: "mux://playback/abc" }],
    ["url", { url: "mux://assets/abc?x=1" }],
    ["start_time", { url, start_time: -1 }],
    ["start_time", { url, start_time: -1, end_time: -0.2 }],
    ["end_time", { url, start_time: 1, end_time: 1.49 }],
    ["end_time", { url, start_time: 5, end_time: 1 }],
  ])("names a wrong %s", (field, input) => {
    expect(clipProblems(input, "inputs[0]")).toEqual([expect.stringMatching(`^inputs\\[0\\].${field}: `)]);
  });
});

describe("clipSpan", () => {
  const clip = (startSeconds: number, endSeconds: number | null) => ({
    sourceAssetId: "abc",
    startSeconds,
    endSeconds,
  });

  it("goes to the source's end, unless another end is given", () => {
    expect(clipSpan(clip(2, null), 10)).toEqual({ startSeconds: 2, endSeconds: 10 });
    expect(clipSpan(clip(2, 4), 10)).toEqual({ startSeconds: 2, endSeconds: 4 });
    expect(clipSpan(clip(2, 4_000), 10)).toEqual({ startSeconds: 2, endSeconds: 10 });
  });

  it("is none where less than half a second is left", () => {
    for (const start of [9.6, 10, 11]) {
      expect(clipSpan(clip(start, null), 10)).toEqual({ problem: expect.stringMatching(/^start_time: .*lasts 10 s/) });
    }
  });
});
