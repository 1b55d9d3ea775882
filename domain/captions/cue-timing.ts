import { CaptionsError } from "./captions-error.ts";

export interface CueTiming {
  startMs: number;
  endMs: number;
  /** What follows the times on their line: settings of WebVTT, places of SRT. */
  rest: string;
}

export const ARROW = "-->";

/** Hours may be missing or beyond 99; a comma, a dot or nothing before the milliseconds. Of bounded length: no backtracking. */
const STAMP = /^(?:(\d{1,5}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?$/;
const SHOWN_CHARACTERS = 60;

/** Reads `00:00:01,500 --> 00:00:04.000 line:0`. Throws CaptionsError that names the line. */
export function readCueTiming(text: string, line: number): CueTiming {
  const arrow = text.indexOf(ARROW);
  const before = text.slice(0, arrow).trim();
  const [after = "", ...rest] = text
    .slice(arrow + ARROW.length)
    .trim()
    .split(/[ \t]+/);
  const startMs = readStamp(before);
  const endMs = readStamp(after);
  if (startMs === null || endMs === null) {
    const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
    throw new CaptionsError(line, `"${shown}" is no timing. It looks like 00:00:01.000 --> 00:00:04.000.`);
  }
  if (endMs < startMs) throw new CaptionsError(line, "The cue ends before it begins.");
  return { startMs, endMs, rest: rest.join(" ") };
}

/** Milliseconds; null where it is no time. */
export function readStamp(text: string): number | null {
  const match = STAMP.exec(text);
  if (match === null) return null;
  const [, hours = "0", minutes = "", seconds = "", fraction = ""] = match;
  if (Number(minutes) > 59 || Number(seconds) > 59) return null;
  return (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000 + Number(fraction.padEnd(3, "0"));
}

/** `00:00:01.500`; hours take more digits where they need them. */
export function writeStamp(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const fraction = String(ms % 1_000).padStart(3, "0");
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)}.${fraction}`;
}
