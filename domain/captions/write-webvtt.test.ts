import fc from "fast-check";
import * as mediaCaptions from "media-captions";
import { describe, expect, it } from "vitest";
import { byStart, type Captions, type Cue } from "./captions.ts";
import { readCaptions } from "./read-captions.ts";
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

const DAY_MS = 30 * 86_400_000;
/** One line as it may stand in a text: not empty, no arrow, no line end. */
const line = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .map((text) => text.replace(/[\r\n\0]|-->/g, "").toWellFormed())
  .map((text) => (/^[ \t\f\v]*$/.test(text) ? `${text}.` : text));

const anyCue: fc.Arbitrary<Cue> = fc
  .record({
    startMs: fc.nat({ max: DAY_MS }),
    lengthMs: fc.integer({ min: 1, max: 60_000 }),
    settings: fc.constantFrom("", "line:0", "align:start position:10%", "vertical:rl line:-1", "size:33.5%"),
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
  })
  .map(({ startMs, lengthMs, settings, lines }) => {
    return { startMs, endMs: startMs + lengthMs, id: null, settings, text: lines.join("\n") };
  });

/** Any captions that reading can give. */
const captionsArbitrary: fc.Arbitrary<Captions> = fc
  .record({
    blocks: fc.subarray(["STYLE\n::cue { color: lime }", "REGION\nid:fred\nlines:3"]),
    cues: fc.array(anyCue, { minLength: 1, maxLength: 12 }),
    hasIds: fc.boolean(),
  })
  .map(({ blocks, cues, hasIds }) => {
    const ordered = byStart(cues).map((one, at) =>
      hasIds ? { ...one, id: at % 2 === 0 ? `cue ${at}` : `${at}` } : one,
    );
    return { version: 1, blocks, cues: ordered };
  });

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

interface ParsedElsewhere {
  cues: { startTime: number; endTime: number; text: string; id: string }[];
  errors: unknown[];
}

/** A parser that is not ours; the types of its package cannot be resolved by Node's rules. */
function parseElsewhere(file: string): Promise<ParsedElsewhere> {
  const { parseText } = mediaCaptions as unknown as { parseText: (text: string, options: object) => unknown };
  return parseText(file, { type: "vtt", strict: true, errors: true }) as Promise<ParsedElsewhere>;
}

describe("what is written", () => {
  const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

  it("is read as it was", () => {
    fc.assert(
      fc.property(captionsArbitrary, (captions) => {
        expect(readCaptions(bytesOf(writeWebvtt(captions)))).toEqual(captions);
        expect(readCaptions(bytesOf(writeWebvtt(captions).replaceAll("\n", "\r\n")))).toEqual(captions);
      }),
    );
  });

  it("is taken without a complaint by a parser that is not ours, with the same times, ids and texts", async () => {
    const track: Captions = {
      version: 1,
      blocks: ["STYLE\n::cue { color: lime }", "REGION\nid:fred\nlines:3"],
      cues: [
        cue(1_500, 62_003, { id: "intro", settings: "line:0 align:start", text: "<v Ann>a &amp; <i>b</i>" }),
        cue(356_400_000, 356_401_007, { settings: "region:fred", text: "two\nlines" }),
      ],
    };
    for (const file of [writeWebvtt(track), writeWebvttSegment(track, { startMs: 0, endMs: 1e9 })]) {
      const { cues, errors } = await parseElsewhere(file);
      expect(errors).toEqual([]);
      expect(cues.map(({ startTime, endTime, text }) => [startTime, endTime, text])).toEqual(
        track.cues.map(({ startMs, endMs, text }) => [startMs / 1_000, endMs / 1_000, text]),
      );
      expect(cues[0]).toMatchObject({ id: "intro", line: 0, align: "start" });
    }
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
