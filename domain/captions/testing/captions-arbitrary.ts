import fc from "fast-check";
import { byStart, type Captions, type Cue } from "../captions.ts";

const DAY_MS = 30 * 86_400_000;
/** One line as it may stand in a text: not empty, no arrow, no line end. */
const line = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .map((text) => text.replace(/[\r\n\0]|-->/g, "").toWellFormed())
  .map((text) => (/^[ \t\f\v]*$/.test(text) ? `${text}.` : text));

const cue: fc.Arbitrary<Cue> = fc
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
export const captionsArbitrary: fc.Arbitrary<Captions> = fc
  .record({
    blocks: fc.subarray(["STYLE\n::cue { color: lime }", "REGION\nid:fred\nlines:3"]),
    cues: fc.array(cue, { minLength: 1, maxLength: 12 }),
    hasIds: fc.boolean(),
  })
  .map(({ blocks, cues, hasIds }) => {
    const ordered = byStart(cues).map((one, at) =>
      hasIds ? { ...one, id: at % 2 === 0 ? `cue ${at}` : `${at}` } : one,
    );
    return { version: 1, blocks, cues: ordered };
  });
