import { mediaTimeOf } from "../../domain/media/picture-index.ts";
import { copiedSamples, picturesWithin, type SampleRange } from "../../domain/media/picture-range.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { soundCuts } from "../../domain/media/sound-index.ts";
import { type FragmentSample, writeFragmentHeader } from "../../domain/mp4/fragment.ts";
import { writeInitSegment } from "../../domain/mp4/init-segment.ts";
import { retime } from "../../domain/mp4/retime.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Sound, Source } from "../source/open-source.ts";
import { readSamples } from "../source/read-samples.ts";

type Picture = NonNullable<Source["picture"]>;

/** Init segment of the rendition that is the source's own picture. */
export function pictureInit({ track, index }: Picture): Uint8Array {
  const { stsd, codedWidthPx, codedHeightPx } = track;
  const size = { widthPx: codedWidthPx, heightPx: codedHeightPx };
  return writeInitSegment({ kind: "video", timescale: index.timescale, stsd, ...size, editMediaTime: 0 });
}

export function soundInit({ track, index }: Sound): Uint8Array {
  const { timescale, editMediaTime } = index;
  return writeInitSegment({ kind: "audio", timescale, stsd: track.stsd, widthPx: 0, heightPx: 0, editMediaTime });
}

/** A segment of the source's own pictures. Rejects with RangeError when the plan has no pictures there. */
export async function cutPictures(
  objects: Objects,
  source: Source & { picture: Picture },
  plan: Plan,
  segment: number,
): Promise<Buffer> {
  const { track, index } = source.picture;
  const starts = plan.boundaries.slice(0, -1).map((ticks) => picturesWithin(index, 0, ticks).to);
  const range = copiedSamples(index, starts, segment);
  if (range.end <= range.first) throw new RangeError(`segment ${segment} has no pictures`);
  const times = presentationTimes(source.picture, range);
  const end = Math.min(plan.boundaries[segment + 1] ?? index.end, index.end);
  const { baseDecodeTime, timing } = retime(times, end);
  const samples = timing.map(
    (timed, n): FragmentSample => ({ ...timed, size: track.samples.size[range.first + n] ?? 0, isSync: n === 0 }),
  );
  const header = writeFragmentHeader({ sequence: segment + 1, baseDecodeTime, samples });
  return Buffer.concat([header, await readSamples(objects, source.key, track.samples, range)]);
}

/** Presentation times in the plan's ticks, in decode order. */
function presentationTimes({ track, index }: Picture, { first, end }: SampleRange): number[] {
  const times: number[] = [];
  for (let sample = first; sample < end; sample += 1) {
    times.push((mediaTimeOf(track.samples, sample) - index.mediaOrigin) * index.factor);
  }
  return times;
}

/** A segment of the source's own sound. Rejects with RangeError when no packet is heard there. */
export async function cutSound(
  objects: Objects,
  key: string,
  { track, index }: Sound,
  plan: Plan,
  segment: number,
): Promise<Buffer> {
  const cuts = soundCuts(
    index,
    plan.boundaries.map((ticks) => ticks / plan.timescale),
  );
  const [from = 0, to = 0] = cuts.slice(segment, segment + 2);
  if (to <= from) throw new RangeError(`segment ${segment} has no sound`);
  const range = { first: index.firstPacket + from, end: index.firstPacket + to };
  const samples: FragmentSample[] = [];
  for (let packet = range.first; packet < range.end; packet += 1) {
    const { duration, size } = track.samples;
    samples.push({ size: size[packet] ?? 0, duration: duration[packet] ?? 0, ctsOffset: 0, isSync: true });
  }
  const baseDecodeTime = (index.times[from] ?? 0) + index.lead;
  const header = writeFragmentHeader({ sequence: segment + 1, baseDecodeTime, samples });
  return Buffer.concat([header, await readSamples(objects, key, track.samples, range)]);
}
