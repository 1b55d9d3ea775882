import { type Box, Fields, findBox, readBoxes, requireBox } from "./box-reader.ts";
import { parseMovie } from "./movie.ts";
import { damaged } from "./mp4-error.ts";

export interface Fragments {
  init: { timescale: number; stsd: Uint8Array; widthPx: number; heightPx: number };
  /** In decode order. */
  samples: FragmentedSample[];
}

export interface FragmentedSample {
  /** `tfdt` + durations before + signed offset, in the track's timescale; no edit list is applied. */
  presentationTime: number;
  size: number;
  /** Of its bytes in what was read. */
  start: number;
}

/** One run of an encoder makes some thousands. */
const MAX_SAMPLES = 1_000_000;

/**
 * Reads what an encoder wrote to a pipe: `ftyp` and `moov` of one track, then any number of fragments (ISO/IEC 14496-12
 * §8.8). Throws Mp4Error where it is cut off or damaged, or a sample lies outside the media (`mdat`).
 */
export function readFragments(bytes: Uint8Array): Fragments {
  const boxes = readBoxes(bytes);
  const moov = requireBox(boxes, "moov");
  const [track, ...others] = parseMovie(moov.bytes).tracks;
  if (track === undefined || others.length > 0) throw damaged("it has not exactly one track");
  const media = boxes.filter(({ type }) => type === "mdat").map(({ body }) => rangeWithin(bytes, body));
  const state: State = { bytes, media, defaults: readTrackDefaults(moov), time: 0, dataEnd: 0, samples: [] };
  for (const box of boxes) if (box.type === "moof") readFragment(state, box);
  const { timescale, stsd, codedWidthPx: widthPx, codedHeightPx: heightPx } = track;
  return { init: { timescale, stsd, widthPx, heightPx }, samples: state.samples };
}

interface State {
  bytes: Uint8Array;
  /** Contents of each `mdat`, in order. */
  media: readonly Range[];
  defaults: Defaults;
  /** Decode time of the next sample. */
  time: number;
  /** Where the next sample begins unless told otherwise. */
  dataEnd: number;
  samples: FragmentedSample[];
}

interface Range {
  start: number;
  end: number;
}

interface Defaults {
  duration: number;
  size: number;
}

function rangeWithin(bytes: Uint8Array, part: Uint8Array): Range {
  const start = part.byteOffset - bytes.byteOffset;
  return { start, end: start + part.length };
}

/** ISO/IEC 14496-12 §8.8.3. */
function readTrackDefaults(moov: Box): Defaults {
  const trex = requireBox(readBoxes(requireBox(readBoxes(moov.body), "mvex").body), "trex");
  const fields = new Fields(trex.body).skip(4 + 4 + 4);
  return { duration: fields.u32(), size: fields.u32() };
}

function readFragment(state: State, moof: Box): void {
  const moofStart = rangeWithin(state.bytes, moof.bytes).start;
  state.dataEnd = moofStart;
  for (const traf of readBoxes(moof.body)) {
    if (traf.type !== "traf") continue;
    const boxes = readBoxes(traf.body);
    const header = readFragmentHeader(requireBox(boxes, "tfhd"), state.defaults);
    const base = header.base ?? (header.isBaseMoof ? moofStart : state.dataEnd);
    state.dataEnd = base;
    const tfdt = findBox(boxes, "tfdt");
    if (tfdt !== null) state.time = readDecodeTime(tfdt);
    for (const trun of boxes) if (trun.type === "trun") readRun(state, trun, base, header);
  }
}

/** ISO/IEC 14496-12 §8.8.7. */
function readFragmentHeader(tfhd: Box, defaults: Defaults) {
  const fields = new Fields(tfhd.body);
  const flags = fields.u32();
  fields.skip(4);
  const base = (flags & 0x1) !== 0 ? fields.u64() : null;
  if ((flags & 0x2) !== 0) fields.skip(4);
  const duration = (flags & 0x8) !== 0 ? fields.u32() : defaults.duration;
  const size = (flags & 0x10) !== 0 ? fields.u32() : defaults.size;
  return { base, isBaseMoof: (flags & 0x20000) !== 0, duration, size };
}

/** ISO/IEC 14496-12 §8.8.12. */
function readDecodeTime(tfdt: Box): number {
  const fields = new Fields(tfdt.body);
  const version = fields.u8();
  fields.skip(3);
  return version === 1 ? fields.u64() : fields.u32();
}

/** ISO/IEC 14496-12 §8.8.8. */
function readRun(state: State, trun: Box, base: number, defaults: Defaults): void {
  const fields = new Fields(trun.body);
  const flags = fields.u32();
  const count = fields.u32();
  let start = (flags & 0x1) !== 0 ? base + fields.i32() : state.dataEnd;
  if ((flags & 0x4) !== 0) fields.skip(4);
  if (state.samples.length + count > MAX_SAMPLES) throw damaged("it has absurdly many samples");
  for (let sample = 0; sample < count; sample++) {
    const duration = (flags & 0x100) !== 0 ? fields.u32() : defaults.duration;
    const size = (flags & 0x200) !== 0 ? fields.u32() : defaults.size;
    if ((flags & 0x400) !== 0) fields.skip(4);
    const offset = (flags & 0x800) !== 0 ? fields.i32() : 0; // version 0 is unsigned, but nobody needs 2^31
    requireMedia(state.media, start, size);
    state.samples.push({ presentationTime: state.time + offset, size, start });
    state.time += duration;
    start += size;
  }
  state.dataEnd = start;
}

/** The last `mdat` that begins at or before `start` must hold the sample. */
function requireMedia(media: readonly Range[], start: number, size: number): void {
  let [low, high] = [0, media.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((media[middle]?.start ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  const holder = media[low - 1];
  if (holder === undefined || start + size > holder.end) throw damaged("a sample lies outside the media (mdat)");
}
