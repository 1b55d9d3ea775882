import { CaptionsError } from "./captions-error.ts";
import { ARROW, type CueTiming, readCueTiming } from "./cue-timing.ts";

/** A cue as it stands in a file. */
export interface RawCue {
  /** Where its times stand, from 1. */
  line: number;
  timing: CueTiming;
  /** The line before its times, where the format has that. */
  id: string | null;
  /** Without empty lines. */
  text: string[];
}

export type Dialect = "srt" | "webvtt";

interface RawFile {
  cues: RawCue[];
  /** `STYLE` and `REGION` blocks of WebVTT. */
  blocks: string[];
}

const BLANK = /^[ \t\f\v]*$/;
const NUMBER = /^[ \t]*\d{1,12}[ \t]*$/;
const KEPT_BLOCK = /^(?:STYLE|REGION)[ \t]*$/;
const NOTE = /^NOTE(?:[ \t]|$)/;

/** No-break spaces are text: people place cues with them. */
export function isBlank(line: string): boolean {
  return BLANK.test(line);
}

/**
 * Walks over the lines once. A cue begins with its times; what lies between them and the next ones is its text, but for the
 * next one's number or id. So it does not matter whether empty lines part cues, and one within a text is left out.
 */
export function readRawCues(lines: readonly string[], from: number, dialect: Dialect): RawFile {
  const file: RawFile = { cues: [], blocks: [] };
  let between: string[] = [];
  const close = (): void => {
    const last = file.cues.at(-1);
    if (last !== undefined) last.text = between.filter((line) => !isBlank(line));
  };
  let at = dialect === "webvtt" ? endOfHeader(lines, from) : from;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const end = dialect === "webvtt" && isBlockStart(lines, at) ? endOfBlock(lines, at) : at;
    if (end > at) {
      if (KEPT_BLOCK.test(line) && file.cues.length === 0) file.blocks.push(lines.slice(at, end).join("\n"));
      at = end;
      continue;
    }
    if (line.includes(ARROW)) {
      const id = takeId(file, between, dialect);
      if (file.cues.length === 0) refuseStrayText(between, at, dialect);
      close();
      file.cues.push({ line: at + 1, timing: readCueTiming(line, at + 1), id, text: [] });
      between = [];
    } else between.push(line);
    at += 1;
  }
  if (file.cues.length === 0) refuseStrayText(between, lines.length, dialect);
  close();
  return file;
}

/** The header ends with an empty line, or where somebody forgot that, with the first cue. */
function endOfHeader(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && lines[at] !== "" && lines[at]?.includes(ARROW) !== true) at += 1;
  if (lines[at]?.includes(ARROW) === true && at > from) return at - 1; // the cue may have an id
  return at;
}

function isBlockStart(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? "";
  return (lines[at - 1] ?? "") === "" && (NOTE.test(line) || KEPT_BLOCK.test(line));
}

function endOfBlock(lines: readonly string[], start: number): number {
  let at = start;
  while (at < lines.length && lines[at] !== "" && lines[at]?.includes(ARROW) !== true) at += 1;
  return at;
}

/** Takes the line before a cue's times out of the text before, where it is no text. */
function takeId({ cues }: RawFile, between: string[], dialect: Dialect): string | null {
  const isFirst = cues.length === 0;
  const last = between.at(-1);
  if (last === undefined || isBlank(last)) {
    if (dialect === "srt") takeNumberBefore(between);
    return null;
  }
  const [isNumber, before] = [NUMBER.test(last), between.at(-2)];
  const isAlone = before === undefined ? isFirst : isBlank(before);
  // without an empty line before it: the line after other text is a number, a line alone is text
  if (isAlone ? !isNumber && dialect === "srt" : !isNumber || before === undefined) return null;
  between.pop();
  return last;
}

/** A number with an empty line between it and the times. */
function takeNumberBefore(between: string[]): void {
  const filled = between.findLastIndex((line) => !isBlank(line));
  if (filled > 0 && isBlank(between[filled - 1] ?? "") && NUMBER.test(between[filled] ?? "")) between.splice(filled);
}

/** Text before the first times: WebVTT has such blocks for programs; anything else begins like that. */
function refuseStrayText(between: readonly string[], at: number, dialect: Dialect): void {
  if (dialect === "webvtt") return;
  const stray = between.findIndex((line) => !isBlank(line) && !NUMBER.test(line));
  if (stray < 0) return;
  const line = at - between.length + stray + 1;
  throw new CaptionsError(line, "Neither a cue's number nor its times. SubRip begins with 1, WebVTT with WEBVTT.");
}
