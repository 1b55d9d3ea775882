import type { SampleTable } from "../mp4/movie.ts";
import type { PictureIndex } from "./picture-index.ts";
import { decodedSamples, picturesWithin } from "./picture-range.ts";
import type { Plan, VideoRendition } from "./plan.ts";

/** Renditions of neighbouring segments [first, end) that one run makes by one decode. */
export interface FillBatch {
  segments: { first: number; end: number };
  renditions: readonly VideoRendition[];
}

/** Starting and ending a run costs as much as a tenth of a segment; what is made is stored when the run ends. */
const MAX_SEGMENTS = 4;
const MAX_SECONDS = 16;
/** Of the source, held in memory for the run. */
const MAX_SOURCE_BYTES = 64 * 2 ** 20;
/** Memory that an encoder holds till the run ends, by pixel of its pictures: those looked ahead at, references, half pixels. */
const BYTES_PER_PX = 60;
/** Of all encoders of a run: its address space is limited to 2 GiB, of which decoding 2160p takes most (launch/sandbox.ts). */
const MAX_ENCODER_BYTES = 480 * 2 ** 20;

/**
 * What to make at once, beginning with a segment of which these renditions are missing: as many of them as there is memory
 * for, and of further segments as long as just these miss there. Where more of them are missing the batch ends, and the next
 * one makes them all by one decode: else the rendition that a viewer has begun with would be decoded for by itself to the end.
 *
 * @param missing the renditions that a segment misses; none where it has no pictures
 */
export async function fillBatch(
  { plan, index, table }: { plan: Plan; index: PictureIndex; table: SampleTable },
  first: number,
  wanted: readonly VideoRendition[],
  missing: (segment: number) => Promise<readonly VideoRendition[]>,
): Promise<FillBatch> {
  const renditions = fitting(wanted);
  const encoderBytes = bytesOf(renditions);
  let end = first + 1;
  while (end - first < MAX_SEGMENTS && encoderBytes * (end - first + 1) <= MAX_ENCODER_BYTES) {
    const [from, to] = [plan.boundaries[first], plan.boundaries[end + 1]];
    if (from === undefined || to === undefined || to - from > MAX_SECONDS * plan.timescale) break;
    if (sourceBytes(index, table, from, to) > MAX_SOURCE_BYTES || !areEqual(await missing(end), wanted)) break;
    end += 1;
  }
  return { segments: { first, end }, renditions };
}

/** The largest that fits, and what fits beside it. */
function fitting(wanted: readonly VideoRendition[]): VideoRendition[] {
  const chosen: VideoRendition[] = [];
  for (const rendition of wanted) {
    if (chosen.length === 0 || bytesOf([...chosen, rendition]) <= MAX_ENCODER_BYTES) chosen.push(rendition);
  }
  return chosen;
}

function areEqual(some: readonly VideoRendition[], others: readonly VideoRendition[]): boolean {
  return some.length === others.length && some.every(({ name }, n) => name === others[n]?.name);
}

function bytesOf(renditions: readonly VideoRendition[]): number {
  return renditions.reduce((sum, { widthPx, heightPx }) => sum + widthPx * heightPx * BYTES_PER_PX, 0);
}

function sourceBytes(index: PictureIndex, table: SampleTable, startTicks: number, endTicks: number): number {
  const { first, end } = decodedSamples(index, table, picturesWithin(index, startTicks, endTicks));
  return table.size.subarray(first, end).reduce((sum, size) => sum + size, 0);
}
