import { describe, expect, it } from "vitest";
import { box, u32 } from "./box-writer.ts";
import { audioCodec, h264NalLengthBytes, pixelAspect, videoCodec } from "./codec.ts";
import { Mp4Error } from "./mp4-error.ts";
import { plainAudioStsd } from "./plain-audio-stsd.ts";
import { audioEntry, buildEsds, buildStsd, visualEntry } from "./testing/build-moov.ts";

const avcC = (profile: number, constraints: number, level: number, lengthBytes = 4) =>
  box("avcC", Uint8Array.of(1, profile, constraints, level, 0xfc | (lengthBytes - 1), 0xe0, 0));
const video = (type: string, ...boxes: Uint8Array[]) => buildStsd([visualEntry(type, 320, 180, ...boxes)]);
const aac = (...config: number[]) => buildStsd([audioEntry("mp4a", 2, 44100, 0, buildEsds(0x40, config))]);

/** Bits as they are written in the standard's tables; spaces are for the eye. */
const bits = (text: string) => {
  const packed = text.replaceAll(" ", "");
  return Array.from({ length: Math.ceil(packed.length / 8) }, (_, at) =>
    Number.parseInt(packed.slice(at * 8, at * 8 + 8).padEnd(8, "0"), 2),
  );
};

describe("videoCodec", () => {
  it("spells H.264 as RFC 6381 does", () => {
    expect(videoCodec(video("avc1", avcC(100, 0, 31)))).toEqual({
      codecs: "avc1.64001f",
      profileIdc: 100,
      constraintFlags: 0,
      levelIdc: 31,
    });
    expect(videoCodec(video("avc3", avcC(66, 0xc0, 13)))?.codecs).toBe("avc3.42c00d");
  });

  it("is null for other codecs and for no entry", () => {
    expect(videoCodec(video("hvc1"))).toBeNull();
    expect(videoCodec(video("encv", avcC(100, 0, 31)))).toBeNull();
    expect(videoCodec(buildStsd([]))).toBeNull();
  });

  it.each<[string, Uint8Array]>([
    ["no parameters", video("avc1")],
    ["parameters that end early", video("avc1", box("avcC", Uint8Array.of(1, 100)))],
    ["an entry shorter than its fields", buildStsd([box("avc1", u32(0))])],
    ["more entries claimed than there are", video("avc1", avcC(100, 0, 31)).with(15, 2)],
  ])("refuses %s", (_, stsd) => {
    expect(() => videoCodec(stsd)).toThrow(Mp4Error);
  });
});

describe("h264NalLengthBytes", () => {
  it.each([1, 2, 4])("reads %i", (lengthBytes) => {
    expect(h264NalLengthBytes(video("avc1", avcC(100, 0, 31, lengthBytes)))).toBe(lengthBytes);
  });

  it("refuses what is not H.264", () => {
    expect(() => h264NalLengthBytes(video("hvc1"))).toThrow(Mp4Error);
    expect(() => h264NalLengthBytes(buildStsd([]))).toThrow(Mp4Error);
  });
});

describe("pixelAspect", () => {
  it("is square unless the file says otherwise", () => {
    expect(pixelAspect(video("avc1", avcC(100, 0, 31)))).toEqual({ horizontal: 1, vertical: 1 });
    expect(pixelAspect(buildStsd([]))).toEqual({ horizontal: 1, vertical: 1 });
    expect(pixelAspect(video("avc1", box("pasp", u32(64, 45))))).toEqual({ horizontal: 64, vertical: 45 });
  });
});

describe("audioCodec", () => {
  it.each<[string, number[], object]>([
    ["LC, 44.1 kHz, stereo", [0x12, 0x10], { codecs: "mp4a.40.2", channels: 2, sampleRate: 44100 }],
    ["LC, 48 kHz, 5.1", bits("00010 0011 0110 000"), { codecs: "mp4a.40.2", channels: 6, sampleRate: 48000 }],
    ["LC, 7.1", bits("00010 0011 0111 000"), { codecs: "mp4a.40.2", channels: 8, sampleRate: 48000 }],
    [
      "LC, a rate of its own",
      bits(`00010 1111 ${(37800).toString(2).padStart(24, "0")} 0001 000`),
      { codecs: "mp4a.40.2", channels: 1, sampleRate: 37800 },
    ],
    [
      "LC, channels in a table of its own",
      bits("00010 0011 0000 000"),
      { codecs: "mp4a.40.2", channels: 2, sampleRate: 48000 },
    ],
    ["Main", bits("00001 0011 0010 000"), { codecs: "mp4a.40.1", channels: 2, sampleRate: 48000 }],
    ["HE, said first", bits("00101 0110 0010 0011 00010 000"), { codecs: "mp4a.40.5", channels: 2, sampleRate: 48000 }],
    [
      "HE v2, said first",
      bits("11101 0110 0001 0011 00010 000"),
      { codecs: "mp4a.40.29", channels: 2, sampleRate: 48000 },
    ],
    [
      "HE, said behind",
      bits("00010 0110 0010 000 01010110111 00101 1 0011"),
      { codecs: "mp4a.40.5", channels: 2, sampleRate: 48000 },
    ],
    [
      "HE v2, said behind",
      bits("00010 0110 0001 000 01010110111 00101 1 0011 10101001000 1"),
      { codecs: "mp4a.40.29", channels: 2, sampleRate: 48000 },
    ],
    ["LC, denying HE behind", [0x13, 0x10, 0x56, 0xe5, 0x00], { codecs: "mp4a.40.2", channels: 2, sampleRate: 24000 }],
    ["low delay", bits("10111 0011 0001 000"), { codecs: "mp4a.40.23", channels: 1, sampleRate: 48000 }],
    [
      "enhanced low delay",
      bits("11111 000111 0011 0001 000"),
      { codecs: "mp4a.40.39", channels: 1, sampleRate: 48000 },
    ],
  ])("reads AAC %s", (_, config, expected) => {
    expect(audioCodec(aac(...config))).toEqual(expected);
  });

  it.each([0x66, 0x67, 0x68])("reads MPEG-2 AAC (%i) with and without a configuration", (indication) => {
    const codecs = `mp4a.${indication.toString(16)}`;
    const stsd = (config: number[]) => buildStsd([audioEntry("mp4a", 1, 32000, 0, buildEsds(indication, config))]);
    expect(audioCodec(stsd([0x12, 0x10]))).toEqual({ codecs, channels: 2, sampleRate: 44100 });
    expect(audioCodec(stsd([]))).toEqual({ codecs, channels: 1, sampleRate: 32000 });
  });

  it.each<[string, Uint8Array]>([
    ["MP3 in mp4a", buildStsd([audioEntry("mp4a", 2, 44100, 0, buildEsds(0x6b, []))])],
    ["another MPEG-4 coder", aac(...bits("11111 000100 0011 0010 000"))],
    ["mp4a without a configuration box", buildStsd([audioEntry("mp4a", 2, 44100, 0)])],
    ["another codec", buildStsd([audioEntry("Opus", 2, 48000, 0)])],
    ["no entry", buildStsd([])],
  ])("is null for %s", (_, stsd) => {
    expect(audioCodec(stsd)).toBeNull();
  });

  it.each<[string, Uint8Array]>([
    ["a configuration that ends early", aac(0x12)],
    ["no configuration", aac()],
    [
      "a descriptor of another kind",
      buildStsd([audioEntry("mp4a", 2, 44100, 0, buildEsds(0x40, [0x12, 0x10]).with(12, 9))]),
    ],
    [
      "an unknown version of QuickTime's",
      buildStsd([audioEntry("mp4a", 2, 44100, 0, buildEsds(0x40, [0x12, 0x10]))]).with(33, 3),
    ],
  ])("refuses %s", (_, stsd) => {
    expect(() => audioCodec(stsd)).toThrow(Mp4Error);
  });

  it("passes over the optional fields of the elementary stream's descriptor, and lengths of several bytes", () => {
    const config = [4, 0x80, 0x80, 0x11, 0x40, 0x15, ...Array<number>(11).fill(0), 5, 2, 0x12, 0x10];
    const stream = [0, 1, 0xe0, 0, 9, 2, 0x61, 0x62, 0, 7, ...config];
    const esds = box("esds", u32(0), Uint8Array.of(3, stream.length, ...stream));
    expect(audioCodec(buildStsd([audioEntry("mp4a", 2, 44100, 0, esds)]))?.codecs).toBe("mp4a.40.2");
  });
});

describe("QuickTime's sound descriptions", () => {
  const esds = buildEsds(0x40, [0x12, 0x10]);
  const plain = buildStsd([audioEntry("mp4a", 2, 44100, 0, esds)]);
  const wave = box("wave", box("frma", u32(0)), esds, u32(8, 0));

  it.each<[string, Uint8Array]>([
    ["version 1", buildStsd([audioEntry("mp4a", 2, 44100, 1, wave)])],
    ["version 2", buildStsd([audioEntry("mp4a", 2, 44100, 2, wave)])],
    ["version 0 with the configuration where version 1 has it", buildStsd([audioEntry("mp4a", 2, 44100, 0, wave)])],
  ])("are read, and made plain: %s", (_, stsd) => {
    expect(audioCodec(stsd)).toEqual({ codecs: "mp4a.40.2", channels: 2, sampleRate: 44100 });
    expect(plainAudioStsd(stsd)).toEqual(plain);
  });

  it("leaves a rate that does not fit to the configuration", () => {
    const fast = buildEsds(0x40, bits("00010 0000 0010 000"));
    const made = plainAudioStsd(buildStsd([audioEntry("mp4a", 2, 96000, 2, box("wave", fast))]));
    expect(made).toEqual(buildStsd([audioEntry("mp4a", 2, 0, 0, fast)]));
    expect(audioCodec(made)).toEqual({ codecs: "mp4a.40.2", channels: 2, sampleRate: 96000 });
  });

  it("are not seen in what is plain, of another codec, or ISO's version 1", () => {
    const isoVersion1 = buildStsd([audioEntry("mp4a", 2, 44100, 0, esds)], 1).with(33, 1);
    for (const stsd of [plain, isoVersion1, buildStsd([audioEntry("Opus", 2, 48000, 0)]), buildStsd([])]) {
      expect(plainAudioStsd(stsd)).toBe(stsd);
    }
    expect(audioCodec(isoVersion1)?.codecs).toBe("mp4a.40.2");
  });
});
