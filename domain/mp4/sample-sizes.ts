import { type Box, Fields, findBox, requireBox } from "./box-reader.ts";
import { damaged } from "./mp4-error.ts";

export interface SampleSizes {
  count: number;
  /** Every sample's size where all have the same; 0 where they differ. */
  fixedBytes: number;
  /** @param size one place a sample */
  fill: (size: Uint32Array) => void;
}

/** Opens `stsz` or `stz2` (ISO/IEC 14496-12 §8.7.3) without expanding it. */
export function openSampleSizes(stbl: readonly Box[]): SampleSizes {
  const stsz = findBox(stbl, "stsz");
  if (stsz === null) return openCompactSizes(requireBox(stbl, "stz2"));
  const fields = new Fields(stsz.body).skip(4);
  const fixedBytes = fields.u32();
  if (fixedBytes > 0) return { count: fields.u32(), fixedBytes, fill: (size) => size.fill(fixedBytes) };
  const count = fields.countOf(4);
  const view = fields.rest();
  return { count, fixedBytes, fill: (size) => fillWith(size, (sample) => view.getUint32(sample * 4)) };
}

/** Sizes of 4, 8 or 16 bits. */
function openCompactSizes(stz2: Box): SampleSizes {
  const fields = new Fields(stz2.body).skip(4 + 3);
  const bits = fields.u8();
  const count = fields.u32();
  const view = fields.rest();
  if (count * bits > view.byteLength * 8) throw damaged("a table is shorter than it says");
  const readers = new Map([
    [4, (sample: number) => (view.getUint8(sample >> 1) >> (sample % 2 === 0 ? 4 : 0)) & 15],
    [8, (sample: number) => view.getUint8(sample)],
    [16, (sample: number) => view.getUint16(sample * 2)],
  ]);
  const reader = readers.get(bits);
  if (reader === undefined) throw damaged("its sample sizes (stz2) have an unknown width");
  return { count, fixedBytes: 0, fill: (size) => fillWith(size, reader) };
}

function fillWith(size: Uint32Array, read: (sample: number) => number): void {
  for (let sample = 0; sample < size.length; sample++) size[sample] = read(sample);
}
