import { ascii, box, concat, fourCC, fullBox, i32, u16, u32, u64 } from "../box-writer.ts";

/** A track's tables as they stand in the file; every omission is a plain default. */
export interface TablesToBuild {
  stts: readonly (readonly [samples: number, ticks: number])[];
  ctts?: readonly (readonly [samples: number, ticks: number])[];
  cttsVersion?: 0 | 1;
  stsc: readonly (readonly [firstChunk: number, samplesPerChunk: number])[];
  chunkOffsets: readonly number[];
  hasLongOffsets?: boolean;
  sizes: readonly number[];
  /** `stsz` with one size for all, `stsz` or `stz2` of 4, 8 or 16 bits. */
  sizeBits?: 4 | 8 | 16 | 32 | "fixed";
  /** Sample numbers, from 1. */
  stss?: readonly number[];
}

export interface TrackToBuild extends TablesToBuild {
  handler?: string;
  version?: 0 | 1;
  id?: number;
  isEnabled?: boolean;
  timescale?: number;
  durationTicks?: number;
  matrix?: readonly number[];
  language?: number;
  /** Text of `elng`, with what ends it. */
  extendedLanguage?: string;
  /** Body of the track's `udta`. */
  userData?: Uint8Array;
  edits?: readonly (readonly [durationTicks: number, mediaTime: number, rate: number])[];
  stsd?: Uint8Array;
}

export const IDENTITY = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000] as const;

export function buildMoov(tracks: readonly TrackToBuild[], version: 0 | 1 = 0, matrix: readonly number[] = IDENTITY) {
  const times = version === 1 ? concat(u64(0, 0), u32(1000), u64(5000)) : u32(0, 0, 1000, 5000);
  const rest = concat(u32(0x10000), u16(0x0100, 0), u32(0, 0), i32(...matrix), u32(0, 0, 0, 0, 0, 0, 9));
  return box("moov", fullBox("mvhd", version, 0, times, rest), ...tracks.map(buildTrack));
}

function buildTrack(track: TrackToBuild): Uint8Array {
  const { handler = "vide", version = 0, id = 1, timescale = 90000, durationTicks = 0, edits } = track;
  const word = version === 1 ? u64 : u32;
  const tkhd = concat(word(0, 0), u32(id, 0), word(durationTicks), u32(0, 0), u16(0, 0, 0, 0));
  const mdhd = concat(word(0, 0), u32(timescale), word(durationTicks), u16(track.language ?? 0x55c4, 0));
  const stbl = box("stbl", track.stsd ?? buildStsd([visualEntry("avc1", 320, 180)]), buildTables(track));
  return box(
    "trak",
    fullBox(
      "tkhd",
      version,
      track.isEnabled === false ? 6 : 7,
      tkhd,
      i32(...(track.matrix ?? IDENTITY)),
      u32(320 << 16, 180 << 16),
    ),
    track.userData === undefined ? new Uint8Array() : box("udta", track.userData),
    edits === undefined ? new Uint8Array() : box("edts", buildEdits(edits, version)),
    box(
      "mdia",
      fullBox("mdhd", version, 0, mdhd),
      track.extendedLanguage === undefined ? new Uint8Array() : fullBox("elng", 0, 0, ascii(track.extendedLanguage)),
      fullBox("hdlr", 0, 0, u32(0), fourCC(handler), u32(0, 0, 0), ascii("\0")),
      box("minf", stbl),
    ),
  );
}

function buildEdits(edits: NonNullable<TrackToBuild["edits"]>, version: 0 | 1): Uint8Array {
  const rows = edits.map(([durationTicks, mediaTime, rate]) => {
    const rateBytes = u32(Math.round(rate * 2 ** 16));
    if (version === 0) return concat(u32(durationTicks), i32(mediaTime), rateBytes);
    const high = mediaTime < 0 ? i32(-1) : u32(Math.floor(mediaTime / 2 ** 32));
    return concat(u64(durationTicks), high, u32((mediaTime + 2 ** 53) % 2 ** 32), rateBytes);
  });
  return fullBox("elst", version, 0, u32(edits.length), ...rows);
}

export function buildTables(tables: TablesToBuild): Uint8Array {
  const { stts, ctts, cttsVersion = 1, stsc, chunkOffsets, hasLongOffsets = false, stss } = tables;
  const runs = (pairs: readonly (readonly [number, number])[]) =>
    each(pairs, ([count, value]) => concat(u32(count), i32(value | 0)));
  const chunkRuns = each(stsc, ([first, samples]) => u32(first, samples, 1));
  const offsets = each(chunkOffsets, hasLongOffsets ? u64 : u32);
  return concat(
    fullBox("stts", 0, 0, u32(stts.length), runs(stts)),
    ctts === undefined ? new Uint8Array() : fullBox("ctts", cttsVersion, 0, u32(ctts.length), runs(ctts)),
    fullBox("stsc", 0, 0, u32(stsc.length), chunkRuns),
    buildSizes(tables),
    fullBox(hasLongOffsets ? "co64" : "stco", 0, 0, u32(chunkOffsets.length), offsets),
    stss === undefined ? new Uint8Array() : fullBox("stss", 0, 0, u32(stss.length), each(stss, u32)),
  );
}

/** Rows of a table: too many, in a long film, to be arguments. */
function each<T>(rows: readonly T[], write: (row: T) => Uint8Array): Uint8Array {
  return Uint8Array.from(rows.flatMap((row) => [...write(row)]));
}

function buildSizes({ sizes, sizeBits = 32 }: TablesToBuild): Uint8Array {
  if (sizeBits === "fixed") return fullBox("stsz", 0, 0, u32(sizes[0] ?? 0, sizes.length));
  if (sizeBits === 32) return fullBox("stsz", 0, 0, u32(0, sizes.length), each(sizes, u32));
  const packed = new Uint8Array(Math.ceil((sizes.length * sizeBits) / 8));
  for (const [sample, size] of sizes.entries()) {
    if (sizeBits === 16) packed.set(u16(size), sample * 2);
    else if (sizeBits === 8) packed[sample] = size;
    else packed[sample >> 1] = (packed[sample >> 1] ?? 0) | (sample % 2 === 0 ? size << 4 : size);
  }
  return fullBox("stz2", 0, 0, u32(sizeBits, sizes.length), packed);
}

export function buildStsd(entries: readonly Uint8Array[], version: 0 | 1 = 0): Uint8Array {
  return fullBox("stsd", version, 0, u32(entries.length), ...entries);
}

export function visualEntry(type: string, widthPx: number, heightPx: number, ...boxes: readonly Uint8Array[]) {
  const size = concat(u32(0), u16(0, 1), u32(0, 0, 0, 0), u16(widthPx, heightPx));
  return box(type, size, new Uint8Array(78 - size.length), ...boxes);
}

/** @param version of QuickTime's sound description; 2 has constants where the others have channels and rate */
export function audioEntry(
  type: string,
  channels: number,
  sampleRate: number,
  version: 0 | 1 | 2,
  ...boxes: readonly Uint8Array[]
): Uint8Array {
  const extra = new Uint8Array([0, 16, 36][version] ?? 0);
  if (version === 2) {
    const view = new DataView(extra.buffer);
    view.setFloat64(4, sampleRate);
    view.setUint32(12, channels);
  }
  const [oldChannels, oldRate] = version === 2 ? [3, 1] : [channels, sampleRate];
  const fields = concat(u32(0), u16(0, 1, version, 0), u32(0), u16(oldChannels, 16), u32(0), u32(oldRate * 2 ** 16));
  return box(type, fields, extra, ...boxes);
}

/** `esds` with one-byte lengths. */
export function buildEsds(objectTypeIndication: number, specificInfo: readonly number[]): Uint8Array {
  const info = specificInfo.length === 0 ? [] : [5, specificInfo.length, ...specificInfo];
  const config = [4, 13 + info.length, objectTypeIndication, 0x15, ...Array<number>(11).fill(0), ...info];
  return fullBox("esds", 0, 0, Uint8Array.of(3, 3 + config.length + 3, 0, 1, 0, ...config, 6, 1, 2));
}
