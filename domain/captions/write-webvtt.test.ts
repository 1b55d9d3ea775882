import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Captions, Cue } from "./captions.ts";
import { readCaptions } from "./read-captions.ts";
import { captionsArbitrary } from "./testing/captions-arbitrary.ts";
import { writeWebvtt, writeWebvttSegment } from "./write-webvtt.ts";

const cue = (startMs: number, endMs: number, change: Partial<Cue> = {}): Cue => ({
  startMs,
  endMs,
  id: null,
  settings: "",
  text: "text",
  ...change,
});
const captions = (...cues: Cue[]): Captions => ({ version: 1, blocks: [], cues });

describe("writeWebvtt", () => {
  it("writes header, blocks and cues, hours with as many digits as they need", () => {
    const track: Captions = {
      version: 1,
      blocks: ["STYLE\n::cue { color: lime }"],
      cues: [cue(1_500, 62_003, { id: "a", settings: "line:0" }), cue(360_000_000, 3_600_000_007, { text: "b\nc" })],
    };
    expect(writeWebvtt(track)).toBe(`WEBVTT

STYLE
::cue { color: lime }

a
00:00:01.500 --> 00:01:02.003 line:0
text

100:00:00.000 --> 1000:00:00.007
b
c
`);
  });
});

describe("writeWebvttSegment", () => {
  it("maps its times to those of the pictures, and holds every cue that is on screen, whole", () => {
    const track = captions(cue(0, 2_000), cue(1_000, 5_000), cue(3_999, 4_000, { id: "last" }), cue(4_000, 6_000));
    expect(writeWebvttSegment(track, { startMs: 2_000, endMs: 4_000 })).toBe(`WEBVTT
X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0

00:00:01.000 --> 00:00:05.000
text

last
00:00:03.999 --> 00:00:04.000
text
`);
  });

  it("is a file of its own where nothing is said", () => {
    expect(writeWebvttSegment(captions(), { startMs: 0, endMs: 4_000 })).toBe(
      "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n",
    );
  });

  it("loses no cue and changes none, wherever the edges lie", () => {
    const edges = fc.uniqueArray(fc.integer({ min: 1, max: 20_000 }), { maxLength: 8 });
    fc.assert(
      fc.property(captionsArbitrary, edges, (all, inner) => {
        const early = { ...all, cues: all.cues.map((one) => shifted(one)).toSorted((a, b) => a.startMs - b.startMs) };
        const bounds = [0, ...inner.toSorted((a, b) => a - b), 200_000];
        const seen = new Set<string>();
        bounds.slice(1).forEach((endMs, at) => {
          const segment = writeWebvttSegment(early, { startMs: bounds[at] ?? 0, endMs });
          if (!segment.includes("-->")) return;
          for (const one of readCaptions(new TextEncoder().encode(segment)).cues) seen.add(JSON.stringify(one));
        });
        expect(seen).toEqual(new Set(early.cues.map((one) => JSON.stringify(one))));
      }),
    );
  });
});

/** Into the first 100 seconds. */
function shifted(one: Cue): Cue {
  const startMs = one.startMs % 100_000;
  return { ...one, startMs, endMs: startMs + one.endMs - one.startMs };
}
