import { type Clip, WHOLE } from "./clip.ts";
import { listedSegments } from "./listed-segments.ts";
import { type AudioRendition, type Plan, renditionBoundaries, type VideoRendition } from "./plan.ts";

/** `styp`, `moof` and head of `mdat` of a segment, and a row of each sample: more than our writer takes. */
const BOXES_BITS = 300 * 8;
const ROW_BITS = 16 * 8;
/** A peak is one of neighbours that together last so many target durations (draft-pantos-hls-rfc8216bis §4.1). */
const LEAST_TARGETS = 0.5;
const MOST_TARGETS = 1.5;

export interface PromisedRates {
  /** BANDWIDTH, bit/s: never exceeded over any half to one and a half target durations. */
  peak: number;
  /**
   * AVERAGE-BANDWIDTH, bit/s. Of what is copied never exceeded. Of what is encoded the encoder's ceiling, as §4.4.6.2 has it
   * for segments that are not there yet: what similar films take at the same settings. Only films that are at the ceiling all the
   * time go beyond, by less than a tenth; a bound for those would keep all viewers a rendition lower.
   */
  average: number;
}

/**
 * What may be promised of a rendition's segments before they are made, as a whole or in a clip. The plan's own rates are
 * without some of the boxes around pictures and sound.
 */
export function promisedRates(plan: Plan, rendition: VideoRendition | AudioRendition, clip = WHOLE): PromisedRates {
  const [whole, shown] = [shapeOf(plan, rendition, WHOLE), shapeOf(plan, rendition, clip)];
  const isEncoded = rendition.kind === "encoded";
  const rows = "channels" in rendition ? 0 : ROW_BITS * rendition.frameRate; // the mean of sound is with them
  const boxes = rows + BOXES_BITS / (LEAST_TARGETS * whole.targetSeconds);
  const peak = (rendition.peakBitrate + (isEncoded ? boxes : 0)) * shortClipFactor(whole, shown);
  const average = rendition.averageBitrate + rows + (BOXES_BITS * shown.count) / shown.seconds;
  // nobody knows how heavy which part of what is copied is
  const isKnown = isEncoded || shown.count === whole.count;
  return { peak: Math.ceil(peak), average: Math.ceil(isKnown ? Math.min(average, peak) : peak) };
}

interface Shape {
  count: number;
  seconds: number;
  targetSeconds: number;
}

function shapeOf(plan: Plan, rendition: VideoRendition | AudioRendition, clip: Clip): Shape {
  const { timescale } = renditionBoundaries(plan, rendition);
  const lengths = listedSegments(plan, rendition, clip).map(({ start, end }) => (end - start) / timescale);
  return {
    count: lengths.length,
    seconds: lengths.reduce((sum, seconds) => sum + seconds, 0),
    targetSeconds: lengths.reduce((most, seconds) => Math.max(most, Math.round(seconds)), 1),
  };
}

/**
 * A clip of so little that the peak of the whole, which is over more, says nothing of it alone: all that it can hold is what
 * the longest neighbours with it may take.
 */
function shortClipFactor(whole: Shape, shown: Shape): number {
  if (shown.count === whole.count || shown.seconds >= LEAST_TARGETS * whole.targetSeconds) return 1;
  return (MOST_TARGETS * whole.targetSeconds) / shown.seconds;
}
