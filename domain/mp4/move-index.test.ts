import { describe, expect, it } from "vitest";
import { box, concat, fourCC, u32, u64 } from "./box-writer.ts";
import { readMovieBox } from "./locate.ts";
import { indexAtFront } from "./move-index.ts";
import { parseMovie } from "./movie.ts";
import { buildMoov } from "./testing/build-moov.ts";

const FTYP = box("ftyp", fourCC("mp42"), u32(0), fourCC("isom"));
const PICTURE = Uint8Array.of(1, 2, 3);
const SOUND = Uint8Array.of(4, 5, 6, 7);

/** A file with the index behind one piece of media, or between two, and the same file with the index in front. */
async function moved(
  parts: (moov: (picture: number, sound: number) => Uint8Array) => Uint8Array,
): Promise<{ bytes: Uint8Array; samples: Uint8Array[] }> {
  const table = { stts: [[1, 1]], stsc: [[1, 1]] } as const;
  const original = parts((picture, sound) =>
    buildMoov([
      { ...table, chunkOffsets: [picture], sizes: [PICTURE.length] },
      { ...table, handler: "soun", id: 2, chunkOffsets: [sound], hasLongOffsets: true, sizes: [SOUND.length] },
    ]),
  );
  const read = async (start: number, end: number) => original.subarray(start, end);
  const index = await readMovieBox(read, original.length);
  const { brandBytes, moovStart, moov, isBehindMedia } = index;
  expect(isBehindMedia).toBe(true);
  const bytes = concat(
    original.subarray(0, brandBytes),
    indexAtFront(index),
    original.subarray(brandBytes, moovStart),
    original.subarray(moovStart + moov.length),
  );
  const found = await readMovieBox(async (start, end) => bytes.subarray(start, end), bytes.length);
  expect([found.isBehindMedia, found.moovStart]).toEqual([false, brandBytes]);
  const samples = parseMovie(found.moov).tracks.map(({ samples: { offset, size } }) =>
    bytes.subarray(offset[0] ?? 0, (offset[0] ?? 0) + (size[0] ?? 0)),
  );
  return { bytes, samples };
}

describe("indexAtFront", () => {
  it("leads to the same samples from the front as from the end", async () => {
    const { samples } = await moved((moov) => {
      const at = FTYP.length + 8;
      return concat(FTYP, box("mdat", PICTURE, SOUND), moov(at, at + PICTURE.length));
    });
    expect(samples).toEqual([PICTURE, SOUND]);
  });

  it("leads to media that lay behind the index, too, with 64-bit sizes and a file without a brand", async () => {
    const first = concat(u32(1), fourCC("mdat"), u64(16 + PICTURE.length), PICTURE);
    const { samples } = await moved((moov) => {
      const { length } = moov(0, 0);
      return concat(first, moov(16, first.length + length + 8), box("mdat", SOUND), box("free"));
    });
    expect(samples).toEqual([PICTURE, SOUND]);
  });

  it("keeps what else the index says, byte by byte", async () => {
    const extra = box("udta", Uint8Array.of(9, 9, 9));
    const moov = concat(u32(0), buildMoov([]).subarray(4), extra);
    const changed = indexAtFront({ moov, moovStart: 5000 });
    expect(changed.subarray(8)).toEqual(moov.subarray(8));
    expect(changed.subarray(0, 4)).toEqual(u32(moov.length));
  });
});
