import { describe, expect, it } from "vitest";
import { ascii, box, concat, u32 } from "./box-writer.ts";
import { videoCodec } from "./codec.ts";
import { decodeAlike, withoutLabels } from "./encoder-labels.ts";
import { writeInitSegment } from "./init-segment.ts";
import { audioEntry, buildEsds, buildStsd, visualEntry } from "./testing/build-moov.ts";

const NAME_AT = 8 + 42;
const avcC = (...parameters: number[]) => box("avcC", Uint8Array.of(1, 100, 0, 31, 0xff, 0xe1, ...parameters));
const btrt = (...rates: number[]) => box("btrt", u32(...rates));

function pictures(name: string, ...boxes: Uint8Array[]): Uint8Array {
  const entry = visualEntry("avc1", 320, 180, ...boxes);
  entry.set(concat(Uint8Array.of(name.length), ascii(name)), NAME_AT);
  return buildStsd([entry]);
}
const pictureInit = (stsd: Uint8Array, timescale = 12_800) =>
  writeInitSegment({ kind: "video", timescale, stsd, widthPx: 320, heightPx: 180, editMediaTime: 0 });

/** Rates stand 2 bytes behind the object type indication. */
function esds(config: readonly number[], rate: number): Uint8Array {
  const bytes = buildEsds(0x40, config);
  bytes.set(u32(rate, rate), bytes.indexOf(0x40) + 5);
  return bytes;
}
const sound = (...boxes: Uint8Array[]) => buildStsd([audioEntry("mp4a", 2, 44_100, 0, ...boxes)]);
const soundInit = (stsd: Uint8Array, editMediaTime = 1_024) =>
  writeInitSegment({ kind: "audio", timescale: 44_100, stsd, widthPx: 0, heightPx: 0, editMediaTime });
const LC = [0x12, 0x10];

describe("withoutLabels", () => {
  it("takes the encoder's name and the rates away, and leaves all that decoders need", () => {
    const pasp = box("pasp", u32(1, 1));
    const plain = withoutLabels(pictures("Lavc59.37.100 libx264", avcC(1, 2), pasp, btrt(1, 2, 3)));
    expect(plain).toEqual(pictures("", avcC(1, 2), pasp));
    expect(videoCodec(plain)?.codecs).toBe("avc1.64001f");
    expect(withoutLabels(sound(esds(LC, 0), btrt(1, 2, 3)))).toEqual(sound(esds(LC, 0)));
  });

  it("does nothing the second time, and nothing to what it does not know", () => {
    const plain = pictures("", avcC(1));
    expect(withoutLabels(plain)).toEqual(plain);
    const others = [buildStsd([]), buildStsd([box("text", u32(1))]), buildStsd([audioEntry("mp4a", 2, 44_100, 1)])];
    for (const other of others) expect(withoutLabels(other)).toEqual(other);
  });
});

describe("decodeAlike", () => {
  const before = pictureInit(pictures("Lavc59.37.100 libx264", avcC(1, 2), btrt(1, 2, 3)));
  const soundBefore = soundInit(sound(esds(LC, 128_000), btrt(0, 128_000, 128_000)));

  it.each<[string, Uint8Array, Uint8Array]>([
    ["another version's name", before, pictureInit(pictures("Lavc61.19.100 libx264", avcC(1, 2), btrt(1, 2, 3)))],
    ["no name and no rates", before, pictureInit(pictures("", avcC(1, 2)))],
    ["other rates of sound", soundBefore, soundInit(sound(esds(LC, 96_000)))],
  ])("sees no difference in %s", (_, one, other) => {
    expect([decodeAlike(one, other), decodeAlike(other, one)]).toEqual([true, true]);
  });

  it.each<[string, Uint8Array, Uint8Array]>([
    ["parameter sets", before, pictureInit(pictures("", avcC(1, 3)))],
    ["more parameter sets", before, pictureInit(pictures("", avcC(1, 2, 3)))],
    ["the timescale", before, pictureInit(pictures("", avcC(1, 2)), 90_000)],
    ["the configuration of sound", soundBefore, soundInit(sound(esds([0x11, 0x90], 128_000)))],
    ["where sound begins", soundBefore, soundInit(sound(esds(LC, 128_000)), 0)],
    ["everything", before, soundBefore],
    ["nothing at all", before, new Uint8Array()],
  ])("sees a difference in %s", (_, one, other) => {
    expect([decodeAlike(one, other), decodeAlike(other, one)]).toEqual([false, false]);
  });
});
