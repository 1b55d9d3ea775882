import type { Captions, Cue } from "./captions.ts";
import { readStamp, writeStamp } from "./cue-timing.ts";

/** Time within a cue's text from which the words behind it are shown as said (WebVTT §4.2.2). */
const INNER_STAMP = /<((?:\d{2,5}:)?\d{2}:\d{2}\.\d{3})>/g;

/**
 * The captions of a stretch [startMs, endMs) of what they belong to, on its own time line. A cue over an edge is cut there.
 */
export function clipCaptions(captions: Captions, { startMs, endMs }: { startMs: number; endMs: number }): Captions {
  const cues = captions.cues.filter((cue) => cue.startMs < endMs && cue.endMs > startMs);
  return { ...captions, cues: cues.map((cue) => clipCue(cue, startMs, endMs)) };
}

function clipCue(cue: Cue, startMs: number, endMs: number): Cue {
  const own = { startMs: Math.max(cue.startMs, startMs) - startMs, endMs: Math.min(cue.endMs, endMs) - startMs };
  return {
    ...cue,
    ...own,
    text: cue.text.replaceAll(INNER_STAMP, (_, stamp: string) => clipStamp(stamp, startMs, own)),
  };
}

/** What lies outside of the cue is none of its times any more. */
function clipStamp(stamp: string, startMs: number, cue: { startMs: number; endMs: number }): string {
  const ms = (readStamp(stamp) ?? 0) - startMs;
  return ms > cue.startMs && ms < cue.endMs ? `<${writeStamp(ms)}>` : "";
}
