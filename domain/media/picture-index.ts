import type { Edit, Movie, SampleTable, Track } from "../mp4/movie.ts";
import { Mp4Error } from "../mp4/mp4-error.ts";

/** Where a track's media stands on the presentation's time line, in ticks of the track. */
export interface TrackStart {
  /** Media time shown first; what comes before is decoded and not shown. */
  mediaTime: number;
  /** Time that passes before it is shown. */
  delay: number;
  /** Media time from which nothing is shown any more. */
  mediaEnd: number;
}

/** Reads an edit list of empty edits and at most one other (ISO/IEC 14496-12 §8.6.6). Throws Mp4Error for any other. */
export function trackStart(movie: Pick<Movie, "timescale">, track: Pick<Track, "edits" | "timescale">): TrackStart {
  const toTrack = ({ durationTicks }: Edit): number => Math.round((durationTicks * track.timescale) / movie.timescale);
  const shown = track.edits.filter(({ mediaTime }) => mediaTime >= 0);
  if (shown.length > 1) throw new Mp4Error("The file has an edit list with several parts");
  const [edit] = shown;
  // what is empty behind the shown part delays nothing
  const before = edit === undefined ? track.edits : track.edits.slice(0, track.edits.indexOf(edit));
  const delay = before.reduce((sum, empty) => sum + toTrack(empty), 0);
  if (edit === undefined) return { mediaTime: 0, delay, mediaEnd: Number.POSITIVE_INFINITY };
  // 0: the edit lasts as long as the media, as fragmented files say it
  const mediaEnd = edit.durationTicks === 0 ? Number.POSITIVE_INFINITY : edit.mediaTime + toTrack(edit);
  return { mediaTime: edit.mediaTime, delay, mediaEnd };
}

/** The pictures of a source in the order in which they are shown. */
export interface PictureIndex {
  /** Ticks per second: the source's own, times a whole number, so that no time is ever rounded. */
  timescale: number;
  /** {@link timescale} over the source track's. */
  factor: number;
  /** Presentation times, strictly rising, the first 0. */
  times: Float64Array;
  /** Which sample of the source shows the picture at the same place in {@link times}. */
  samples: Uint32Array;
  /** Where the last picture ends. */
  end: number;
  /** Media time (dts + cts of the source, in its own ticks) of presentation time 0. */
  mediaOrigin: number;
  /** When the first picture is shown, in source ticks from the presentation's start; what other tracks are shifted by. */
  presentationStart: number;
}

/** Encoders express times in it without loss; ±1 tick at 90 kHz is a visible seam at 59.94 fps. */
const MIN_TIMESCALE = 10_000;

/** Throws Mp4Error when no picture is shown, or two at the same time. Takes about 20 ms for an hour. */
export function indexPictures(movie: Pick<Movie, "timescale">, track: Track): PictureIndex {
  const { samples: table } = track;
  const start = trackStart(movie, track);
  const factor = Math.max(1, Math.ceil(MIN_TIMESCALE / track.timescale));
  const samples = visibleSamples(table, start);
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) throw new Mp4Error("The file shows no picture");
  const mediaOrigin = mediaTimeOf(table, first);
  const times = Float64Array.from(samples, (sample) => (mediaTimeOf(table, sample) - mediaOrigin) * factor);
  for (let at = 1; at < times.length; at += 1) {
    if ((times[at] ?? 0) <= (times[at - 1] ?? 0)) throw new Mp4Error("The file shows two pictures at the same time");
  }
  return {
    timescale: track.timescale * factor,
    factor,
    times,
    samples,
    end: (times.at(-1) ?? 0) + Math.max(1, table.duration[last] ?? 0) * factor,
    mediaOrigin,
    presentationStart: mediaOrigin - start.mediaTime + start.delay,
  };
}

/** Presentation time of a sample on its track's own time line, before any edit. */
export function mediaTimeOf(table: SampleTable, sample: number): number {
  return (table.dts[sample] ?? 0) + (table.cts[sample] ?? 0);
}

/** Samples that are shown, in the order of presentation. */
function visibleSamples(table: SampleTable, { mediaTime, mediaEnd }: TrackStart): Uint32Array {
  const visible: number[] = [];
  for (let sample = 0; sample < table.count; sample += 1) {
    const time = mediaTimeOf(table, sample);
    if (time >= mediaTime && time < mediaEnd) visible.push(sample);
  }
  return Uint32Array.from(visible).sort((one, other) => mediaTimeOf(table, one) - mediaTimeOf(table, other));
}
