import type { Captions } from "../../domain/captions/captions.ts";
import { writeWebvttSegment } from "../../domain/captions/write-webvtt.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { PlaybackError } from "../playback-error.ts";

/** The captions of one segment of a plan. Throws 404 where the plan has no such segment. */
export function textSegment(captions: Captions, { boundaries, timescale }: Plan, segment: number): string {
  const [start, end] = [boundaries[segment], boundaries[segment + 1]];
  if (start === undefined || end === undefined) {
    throw new PlaybackError("not_found", ["The text track has no such segment"]);
  }
  return writeWebvttSegment(captions, { startMs: (start * 1_000) / timescale, endMs: (end * 1_000) / timescale });
}
