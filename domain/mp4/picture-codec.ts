import { type Box, Fields, findBox } from "./box-reader.ts";
import { h264NalLengthBytes, videoCodec } from "./codec.ts";
import { damaged } from "./mp4-error.ts";
import { readSampleEntries, visualEntryBoxes } from "./sample-entry.ts";

/** What a picture track's samples are, as far as they can be cut and decoded just in time. */
export interface PictureCodec {
  family: PictureFamily;
  /** How players may be given the samples as they are; null where they must not, or would not play them. */
  asIs: { codecs: string; nalLengthBytes: number } | null;
}

export type PictureFamily = "h264" | "hevc" | "av1" | "vp9";

const FAMILIES = new Map<string, PictureFamily>([
  ["avc1", "h264"],
  ["avc3", "h264"],
  ["hvc1", "hevc"],
  ["hev1", "hevc"],
  ["av01", "av1"],
  ["vp09", "vp9"],
]);

/** Sample entries of pictures that are cut just in time. */
export const PICTURE_ENTRIES: readonly string[] = [...FAMILIES.keys()];

/** Baseline, Main and High: 8 bits of 4:2:0, which is what browsers play. */
const H264_PROFILES: readonly number[] = [66, 77, 100];
/** Main and Main 10: 4:2:0. */
const HEVC_PROFILES: readonly number[] = [1, 2];

/** What the first entry of a whole `stsd` box describes; null for what is not known here. Throws Mp4Error where it is damaged. */
export function pictureCodec(stsd: Uint8Array): PictureCodec | null {
  const entries = readSampleEntries(stsd);
  const [entry] = entries;
  const family = entry === undefined ? undefined : FAMILIES.get(entry.type);
  if (entry === undefined || family === undefined) return null;
  if (entries.length > 1) return { family, asIs: null };
  if (entry.type === "avc1") return { family, asIs: h264AsIs(stsd) };
  if (entry.type === "hvc1") return { family, asIs: hevcAsIs(entry) };
  return { family, asIs: null }; // parameter sets among the samples, or what few players play
}

function h264AsIs(stsd: Uint8Array): PictureCodec["asIs"] {
  const codec = videoCodec(stsd);
  if (codec === null || !H264_PROFILES.includes(codec.profileIdc)) return null;
  return { codecs: codec.codecs, nalLengthBytes: h264NalLengthBytes(stsd) };
}

/** ISO/IEC 14496-15 §8.3.3.1, and annex E.3 for the name. */
function hevcAsIs(entry: Box): PictureCodec["asIs"] {
  const hvcC = findBox(visualEntryBoxes(entry), "hvcC");
  if (hvcC === null) throw damaged("its HEVC parameters (hvcC) are missing");
  const fields = new Fields(hvcC.body).skip(1);
  const profile = fields.u8();
  const compatibility = fields.u32();
  const constraints = fields.take(6);
  const level = fields.u8();
  const nalLengthBytes = (fields.skip(2 + 1 + 1 + 1 + 1 + 2).u8() & 3) + 1;
  const [space, isHighTier, profileIdc] = [profile >> 6, (profile & 0x20) !== 0, profile & 0x1f];
  if (!HEVC_PROFILES.includes(profileIdc)) return null;
  const parts = [
    `${["", "A", "B", "C"][space]}${profileIdc}`,
    reversedBits(compatibility).toString(16),
    `${isHighTier ? "H" : "L"}${level}`,
    ...withoutLastZeros(constraints).map((byte) => byte.toString(16)),
  ];
  return { codecs: `hvc1.${parts.join(".")}`.toUpperCase().replace("HVC1", "hvc1"), nalLengthBytes };
}

function reversedBits(bits: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit += 1) reversed = reversed * 2 + ((bits >>> bit) & 1);
  return reversed;
}

function withoutLastZeros(bytes: Uint8Array): number[] {
  const all = [...bytes];
  return all.slice(0, all.findLastIndex((byte) => byte !== 0) + 1);
}
