import { describe, expect, it } from "vitest";
import { box } from "./box-writer.ts";
import { Mp4Error } from "./mp4-error.ts";
import { pictureCodec } from "./picture-codec.ts";
import { buildStsd, visualEntry } from "./testing/build-moov.ts";

const avcC = (profile: number) => box("avcC", Uint8Array.of(1, profile, 0, 31, 0xff, 0xe0, 0));
/** `profile` is space, tier and number in one byte; lengths of 4 bytes. */
const hvcC = (profile: number, compatibility: number[], constraints: number[], level: number) =>
  box(
    "hvcC",
    Uint8Array.of(1, profile, ...compatibility, ...constraints, level, 0xf0, 0, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f, 0),
  );
const stsd = (type: string, ...boxes: Uint8Array[]) => buildStsd([visualEntry(type, 320, 180, ...boxes)]);

const MAIN = hvcC(0x01, [0x60, 0, 0, 0], [0x90, 0, 0, 0, 0, 0], 93);

describe("pictureCodec", () => {
  it("gives players H.264 of 8 bits and 4:2:0 as it is", () => {
    const asIs = { codecs: "avc1.64001f", nalLengthBytes: 4 };
    expect(pictureCodec(stsd("avc1", avcC(100)))).toEqual({ family: "h264", asIs });
    for (const profile of [88, 110, 122, 244]) {
      expect(pictureCodec(stsd("avc1", avcC(profile)))).toEqual({ family: "h264", asIs: null });
    }
    expect(pictureCodec(stsd("avc3", avcC(100)))).toEqual({ family: "h264", asIs: null });
  });

  it.each([
    ["hvc1.1.6.L93.90", MAIN], // x265, Main
    ["hvc1.2.4.L120.90", hvcC(0x02, [0x20, 0, 0, 0], [0x90, 0, 0, 0, 0, 0], 120)], // Main 10
    ["hvc1.1.6.H153.B0", hvcC(0x21, [0x60, 0, 0, 0], [0xb0, 0, 0, 0, 0, 0], 153)],
    ["hvc1.A1.80000000.L30.90.0.1", hvcC(0x41, [0, 0, 0, 1], [0x90, 0, 1, 0, 0, 0], 30)],
  ])("spells %s as ISO/IEC 14496-15 annex E.3 does", (codecs, config) => {
    expect(pictureCodec(stsd("hvc1", config))).toEqual({ family: "hevc", asIs: { codecs, nalLengthBytes: 4 } });
  });

  it("gives players no HEVC of other profiles, nor with parameter sets among its samples, nor newer codecs", () => {
    const range = hvcC(0x04, [0x08, 0, 0, 0], [0x90, 0, 0, 0, 0, 0], 93);
    expect(pictureCodec(stsd("hvc1", range))).toEqual({ family: "hevc", asIs: null });
    expect(pictureCodec(stsd("hev1", MAIN))).toEqual({ family: "hevc", asIs: null });
    expect(pictureCodec(stsd("av01"))).toEqual({ family: "av1", asIs: null });
    expect(pictureCodec(stsd("vp09"))).toEqual({ family: "vp9", asIs: null });
    const two = [visualEntry("avc1", 320, 180, avcC(100)), visualEntry("avc1", 320, 180, avcC(77))];
    expect(pictureCodec(buildStsd(two))).toEqual({ family: "h264", asIs: null });
  });

  it("knows no other entries, and refuses damaged ones", () => {
    expect(pictureCodec(stsd("mp4v"))).toBeNull();
    expect(pictureCodec(buildStsd([]))).toBeNull();
    expect(() => pictureCodec(stsd("hvc1"))).toThrow(Mp4Error);
    expect(() => pictureCodec(stsd("hvc1", box("hvcC", Uint8Array.of(1, 1))))).toThrow(Mp4Error);
  });
});
