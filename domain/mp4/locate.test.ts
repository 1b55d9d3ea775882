import { describe, expect, it } from "vitest";
import { box, concat, fourCC, fullBox, u32, u64 } from "./box-writer.ts";
import { readMovieBox } from "./locate.ts";
import { Mp4Error } from "./mp4-error.ts";
import { buildMoov } from "./testing/build-moov.ts";

const FTYP = box("ftyp", fourCC("mp42"), u32(0), fourCC("isom"));
const MOOV = buildMoov([]);
const MEDIA = new Uint8Array(5000);
const LARGE_MDAT = concat(u32(1), fourCC("mdat"), u64(16 + MEDIA.length), MEDIA);
const ENDLESS_MDAT = concat(u32(0), fourCC("mdat"), MEDIA);

function locate(...parts: readonly Uint8Array[]) {
  const bytes = concat(...parts);
  let bytesRead = 0;
  const read = async (start: number, end: number) => {
    bytesRead += end - start;
    return bytes.subarray(start, end);
  };
  return readMovieBox(read, bytes.length).then((found) => ({ ...found, bytesRead }));
}

describe("readMovieBox", () => {
  it.each<[string, Uint8Array[]]>([
    ["at the front", [FTYP, MOOV, box("mdat", MEDIA)]],
    ["at the end", [FTYP, box("mdat", MEDIA), MOOV]],
    ["behind media with a 64-bit size", [FTYP, LARGE_MDAT, MOOV]],
    ["behind junk", [FTYP, box("free", MEDIA), box("skip"), box("wide"), box("mdat", MEDIA), box("uuid", MEDIA), MOOV]],
    ["before media that runs to the end", [FTYP, MOOV, ENDLESS_MDAT]],
    ["with junk of less than a header behind it", [FTYP, MOOV, Uint8Array.of(0, 0, 0)]],
  ])("finds the index %s without reading the media", async (_, parts) => {
    const found = await locate(...parts);
    expect(found).toMatchObject({ majorBrand: "mp42", moov: MOOV, hasFragments: false });
    expect(found.bytesRead).toBeLessThan(MOOV.length + 16 * parts.length + 1);
  });

  it("takes an index that runs to the end of the file", async () => {
    const endless = concat(u32(0), MOOV.subarray(4));
    expect((await locate(FTYP, endless)).moov).toEqual(endless);
  });

  it("takes QuickTime files of old, which have no brand", async () => {
    expect(await locate(box("wide"), box("mdat", MEDIA), MOOV)).toMatchObject({ majorBrand: "qt  ", moov: MOOV });
  });

  it("says when samples may be in fragments", async () => {
    const withExtends = box("moov", MOOV.subarray(8), box("mvex", fullBox("trex", 0, 0)));
    expect((await locate(FTYP, withExtends)).hasFragments).toBe(true);
    expect((await locate(FTYP, box("moof"), MOOV)).hasFragments).toBe(true);
  });

  it.each<[string, RegExp, Uint8Array[]]>([
    ["another kind of file", /not an MP4/, [Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 1, 0, 0, 0, 0, 0, 0, 0)]],
    ["an empty file", /no index/, []],
    ["a file without an index", /no index/, [FTYP, box("mdat", MEDIA)]],
    ["media that runs to the end and no index before it", /no index/, [FTYP, ENDLESS_MDAT]],
    ["a file cut off within its media", /cut off/, [FTYP, box("mdat", MEDIA).subarray(0, 999)]],
    ["a file cut off within its index", /cut off/, [FTYP, MOOV.subarray(0, -1)]],
    ["a box shorter than its header", /damaged/, [FTYP, u32(7), fourCC("free"), MOOV]],
    ["a 64-bit size that is cut off", /damaged/, [FTYP, u32(1), fourCC("mdat")]],
    ["a 64-bit size beyond any file", /damaged/, [FTYP, u32(1), fourCC("mdat"), u32(2 ** 31, 0)]],
    ["an absurdly long index", /256 MiB/, [FTYP, u32(2 ** 28 + 1), fourCC("moov")]],
    ["absurdly many pieces", /too many/, [FTYP, ...Array<Uint8Array>(10_001).fill(box("free")), MOOV]],
  ])("refuses %s", async (_, message, parts) => {
    const refusal = expect(locate(...parts)).rejects;
    await refusal.toThrow(Mp4Error);
    await refusal.toThrow(message);
  });
});
