import type { Captions, Cue } from "./captions.ts";
import { readStamp, writeStamp } from "./cue-timing.ts";

/** Times inside a cue's text, from which on what follows is on screen (WebVTT §4.2.2). */
const TIME_TAG = /<((?:\d{2,5}:)?\d{2}:\d{2}\.\d{3})>/g;

/**
 * What is on screen at some time of [startMs, endMs), with times from its begin on. Cues that reach over an end are cut
 * there. Whole milliseconds.
 */
export function clipCaptions(captions: Captions, { startMs, endMs }: { startMs: number; endMs: number }): Captions {
  const shown = captions.cues.filter((cue) => cue.startMs < endMs && cue.endMs > startMs);
  return { ...captions, cues: shown.map((cue) => moved(cue, startMs, endMs)) };
}

function moved(cue: Cue, startMs: number, endMs: number): Cue {
  return {
    ...cue,
    startMs: Math.max(cue.startMs, startMs) - startMs,
    endMs: Math.min(cue.endMs, endMs) - startMs,
    text:
      startMs === 0 ? cue.text : cue.text.replaceAll(TIME_TAG, (tag, stamp: string) => movedTag(tag, stamp, startMs)),
  };
}

function movedTag(tag: string, stamp: string, startMs: number): string {
  const ms = readStamp(stamp);
  return ms === null ? tag : `<${writeStamp(Math.max(0, ms - startMs))}>`;
}
