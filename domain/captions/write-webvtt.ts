import type { Captions, Cue } from "./captions.ts";
import { ARROW, writeStamp } from "./cue-timing.ts";

/** The whole of a text track as one WebVTT file. */
export function writeWebvtt({ blocks, cues }: Captions): string {
  return write("WEBVTT", blocks, cues);
}

/**
 * One segment of a text track in HLS: every cue that is on screen at some time of [startMs, endMs), whole, so one across an
 * edge stands in both segments with the same times, which players take for one (RFC 8216 §3.5). The asset's time line begins at
 * 0 in both pictures and cues: that is what the header maps.
 */
export function writeWebvttSegment(captions: Captions, { startMs, endMs }: { startMs: number; endMs: number }): string {
  const cues = captions.cues.filter((cue) => cue.startMs < endMs && cue.endMs > startMs);
  return write("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0", captions.blocks, cues);
}

function write(header: string, blocks: readonly string[], cues: readonly Cue[]): string {
  return `${[header, ...blocks, ...cues.map(writeCue)].join("\n\n")}\n`;
}

function writeCue({ startMs, endMs, id, settings, text }: Cue): string {
  const timing = `${writeStamp(startMs)} ${ARROW} ${writeStamp(endMs)}${settings === "" ? "" : ` ${settings}`}`;
  return `${id === null ? "" : `${id}\n`}${timing}\n${text}`;
}
