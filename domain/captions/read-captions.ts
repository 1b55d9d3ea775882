import { byStart, type Captions, type Cue } from "./captions.ts";
import { CaptionsError } from "./captions-error.ts";
import { readCueSettings } from "./cue-settings.ts";
import { decodeText } from "./decode-text.ts";
import { isBlank, type RawCue, readRawCues } from "./raw-cues.ts";
import { srtToWebvtt } from "./srt-text.ts";

/** Beyond any film: a cue a second for more than a day. */
const MAX_CUES = 100_000;
const AROUND = /^[ \t]+|(?<![ \t])[ \t]+$/g;
const SIGNATURE = /^WEBVTT(?:[ \t]|$)/;
/** What people send by mistake, by how it begins. */
const OTHER_FORMATS: readonly (readonly [RegExp, string])[] = [
  [/^<(?:!doctype\s+html|html)/i, "a web page"],
  [/^<\?xml|^<tt[\s>:]/i, "XML, perhaps TTML"],
  [/^\[Script Info\]/i, "ASS or SSA"],
  [/^Scenarist_SCC/, "SCC"],
  [/^\{\d+\}\{\d+\}/, "MicroDVD"],
  [/^#EXTM3U/, "a playlist"],
];

/**
 * Reads a file of captions, SubRip or WebVTT, in whatever encoding. What can only mean one thing is taken: numbers that are
 * wrong or missing, empty lines too many or too few, cues out of order or over each other. Takes time in proportion to the
 * length. Throws CaptionsError for everything else, and nothing besides.
 */
export function readCaptions(bytes: Uint8Array): Captions {
  if (bytes.length === 0) throw new CaptionsError(null, "The file is empty.");
  const lines = decodeText(bytes).split(/\r\n|\n|\r/);
  const begin = lines.findIndex((line) => line.trim() !== "");
  const first = lines[begin]?.trim() ?? "";
  const other = OTHER_FORMATS.find(([pattern]) => pattern.test(first))?.[1];
  if (other !== undefined) throw new CaptionsError(begin + 1, `This is ${other}. Send SubRip (SRT) or WebVTT.`);
  const isWebvtt = SIGNATURE.test(first);
  const { cues, blocks } = readRawCues(lines, isWebvtt ? begin + 1 : 0, isWebvtt ? "webvtt" : "srt");
  if (cues.length > MAX_CUES) throw new CaptionsError(cues[MAX_CUES]?.line ?? null, `More than ${MAX_CUES} cues.`);
  const read = cues.map(isWebvtt ? webvttCue : srtCue).filter(isShown);
  if (read.length === 0) throw new CaptionsError(null, "The file has no cue.");
  return { version: 1, blocks, cues: byStart(isWebvtt ? withUniqueIds(read) : read) };
}

/** What has no text or no length is never seen. */
function isShown({ text, startMs, endMs }: Cue): boolean {
  return text !== "" && endMs > startMs;
}

function webvttCue({ timing, id, text }: RawCue): Cue {
  const { startMs, endMs, rest } = timing;
  return { startMs, endMs, id, settings: readCueSettings(rest), text: text.join("\n") };
}

function srtCue({ timing, text: lines }: RawCue): Cue {
  const { startMs, endMs } = timing;
  const { text, settings } = srtToWebvtt(lines.join("\n"));
  const shown = text
    .split("\n")
    .map((line) => line.replace(AROUND, ""))
    .filter((line) => !isBlank(line));
  return { startMs, endMs, id: null, settings, text: shown.join("\n") };
}

/** A player takes two cues of one id for one, since cues at the edge of segments come twice. */
function withUniqueIds(cues: readonly Cue[]): Cue[] {
  const seen = new Map<string, number>();
  for (const { id } of cues) if (id !== null) seen.set(id, (seen.get(id) ?? 0) + 1);
  return cues.map((cue) => (cue.id !== null && seen.get(cue.id) !== 1 ? { ...cue, id: null } : cue));
}
