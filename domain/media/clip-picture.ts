import type { SampleTable, Track } from "../mp4/movie.ts";
import { type ClippedTrack, type ClipSpan, clippedTable } from "./clipped-track.ts";
import { mediaTimeOf, type PictureIndex } from "./picture-index.ts";
import { decodedSamples, pictureAt, picturesWithin, type SampleRange } from "./picture-range.ts";

/** Times come as decimals, pictures lie on ticks: so near to where a picture begins or ends, just that is meant. */
const NEAR_SECONDS = 0.001;
/** For sources whose sync samples are not quite what they claim: as many more as an encoder asks for (decisions/just-in-time.md). */
const SPARE_SYNCS = 3;

/**
 * Cuts the pictures that are on screen within a span, without decoding anything: the samples that have to be decoded for them,
 * the others hidden by an edit list. Where the span begins while a picture is on screen, that picture is shown from then on. Null
 * where the source has no picture there any more.
 *
 * @param areSyncsTrue whether decoding may begin with every sync sample, as it may where the source's own samples are played
 * @returns also when the first picture is shown and the last one ends, on the source's presentation
 */
export function clipPicture(
  { track, index }: { track: Track; index: PictureIndex },
  span: ClipSpan,
  areSyncsTrue: boolean,
): (ClippedTrack & ClipSpan) | null {
  const pictures = picturesOf(index, span);
  if (pictures === null) return null;
  const { from, to, start, end } = pictures;
  const samples = neededSamples(index, track.samples, { from, to }, areSyncsTrue);
  const [first, last] = [index.samples[from], index.samples[to - 1]];
  const timeOf = (sample: number): number =>
    sample === first ? start : mediaTimeOf(track.samples, sample) - index.mediaOrigin;
  const durationOf = (sample: number): number =>
    sample === last ? end - timeOf(sample) : (track.samples.duration[sample] ?? 0);
  const origin = (track.samples.dts[samples.first] ?? 0) - index.mediaOrigin;
  const times = { timeOf: (sample: number) => timeOf(sample) - origin, durationOf };
  return {
    table: clippedTable(track.samples, samples, times),
    ...{ tickBytes: null, delay: 0, editMediaTime: start - origin, shownTicks: end - start },
    ...{ startSeconds: start / track.timescale, endSeconds: end / track.timescale },
  };
}

/** Places [from, to) in the index, and the ticks of the source's presentation at which the first is shown and the last ends. */
function picturesOf(index: PictureIndex, { startSeconds, endSeconds }: ClipSpan) {
  const timescale = index.timescale / index.factor;
  const near = NEAR_SECONDS * timescale;
  const [wantedStart, wantedEnd] = [startSeconds * timescale, endSeconds * timescale];
  const beginOf = (at: number): number => (index.times[at] ?? index.end) / index.factor;
  if (wantedStart > index.end / index.factor - near) return null;
  const from = pictureAt(index, (wantedStart + near) * index.factor);
  const { to } = picturesWithin(index, 0, (wantedEnd - near) * index.factor);
  const [begin, next] = [beginOf(from), beginOf(to)];
  const start = wantedStart <= begin + near ? begin : Math.floor(wantedStart);
  const least = Math.max(start, beginOf(to - 1)) + 1; // a coarse clock ticks once a picture
  return { from, to, start, end: wantedEnd >= next - near ? next : Math.max(least, Math.floor(wantedEnd)) };
}

/** Nothing is kept in vain where the clip begins with a picture that needs no other: then it can be copied as it is. */
function neededSamples(
  index: PictureIndex,
  table: SampleTable,
  pictures: { from: number; to: number },
  areSyncsTrue: boolean,
): SampleRange {
  const samples = decodedSamples(index, table, pictures);
  const first = index.samples[pictures.from] ?? 0;
  const isClean = samples.first === first && !isAnyBefore(table, samples, mediaTimeOf(table, first));
  return isClean && areSyncsTrue ? samples : decodedSamples(index, table, pictures, SPARE_SYNCS);
}

function isAnyBefore(table: SampleTable, { first, end }: SampleRange, time: number): boolean {
  for (let sample = first; sample < end; sample += 1) if (mediaTimeOf(table, sample) < time) return true;
  return false;
}
