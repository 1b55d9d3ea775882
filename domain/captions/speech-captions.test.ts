import { describe, expect, it } from "vitest";
import { speechCaptions } from "./speech-captions.ts";

const cuesOf = (...lines: [startMs: number, endMs: number, text: string][]) =>
  speechCaptions(lines.map(([startMs, endMs, text]) => ({ startMs, endMs, text }))).cues;

const LONG =
  "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness. " +
  "It was the epoch of belief. No. It was the season of light, it was the season of darkness and of everything between them.";

describe("speechCaptions", () => {
  it("has two rows of 42 characters and seven seconds at most, whatever was said", () => {
    const cues = cuesOf([0, 9_500, LONG], [9_500, 30_000, "so … slow"], [30_000, 31_000, "a".repeat(200)]);
    for (const { startMs, endMs, text } of cues) {
      const rows = text.split("\n");
      expect(rows.length).toBeLessThanOrEqual(2);
      for (const row of rows) expect(row.length).toBeLessThanOrEqual(42);
      expect(endMs - startMs).toBeLessThanOrEqual(7_000);
      expect(endMs).toBeGreaterThan(startMs);
    }
    const said = cues.map(({ text }) => text.replaceAll("\n", " ")).join(" ");
    expect(said.replaceAll(" ", "")).toBe(`${LONG}so … slow${"a".repeat(200)}`.replaceAll(" ", ""));
  });

  it("parts where sentences end, then at commas", () => {
    const [first, second, third] = cuesOf([0, 9_500, LONG]).map(({ text }) => text.replaceAll("\n", " "));
    expect(first).toBe("It was the best of times, it was the worst of times,");
    expect(second).toBe("it was the age of wisdom, it was the age of foolishness.");
    expect(third).toBe("It was the epoch of belief. No.");
  });

  it("makes rows about equally long", () => {
    expect(cuesOf([0, 3_000, "Something was said that needs two rows to be read."])[0]?.text).toBe(
      "Something was said that\nneeds two rows to be read.",
    );
  });

  it("leaves a short cue up for a second, as far as the next one lets it", () => {
    expect(cuesOf([1_000, 1_300, "Yes."], [1_600, 1_900, "No."])).toMatchObject([
      { startMs: 1_000, endMs: 1_600, text: "Yes." },
      { startMs: 1_600, endMs: 2_600, text: "No." },
    ]);
  });

  it("shows one at a time, also where lines overlap", () => {
    const cues = cuesOf([0, 4_000, "The first goes on."], [3_500, 5_000, "The second begins."]);
    expect(cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 3_500],
      [3_500, 5_000],
    ]);
  });

  it("shares a line's time among its words", () => {
    const [one, two] = cuesOf([10_000, 20_000, `${"abcd ".repeat(10).trim()}. ${"efgh ".repeat(10).trim()}.`]);
    expect([one?.startMs, two?.startMs, two?.endMs]).toEqual([10_000, 15_000, 20_000]);
  });

  it("is text, not markup", () => {
    expect(cuesOf([0, 1_000, "<b> & --> x"])[0]?.text).toBe("&lt;b&gt; &amp; --&gt; x");
  });

  it("says nothing where nothing was said", () => {
    expect(cuesOf([0, 1_000, "  "], [1_000, 1_200, "?"])).toEqual([]);
    expect(speechCaptions([])).toEqual({ version: 1, blocks: [], cues: [] });
  });
});
