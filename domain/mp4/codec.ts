import { findEsds, readAudioSpecificConfig, readEsds } from "./aac-config.ts";
import { type Box, Fields, findBox } from "./box-reader.ts";
import { damaged } from "./mp4-error.ts";
import { readAudioEntry, readSampleEntries, visualEntryBoxes } from "./sample-entry.ts";

export interface VideoCodec {
  /** RFC 6381, such as `avc1.64001f`; `avc3.…` where parameter sets may also be among the samples. */
  codecs: string;
  /** 66 Baseline, 77 Main, 100 High; above: more than 8-bit 4:2:0, which browsers do not play. */
  profileIdc: number;
  constraintFlags: number;
  /** Ten times the level: 31 = 3.1. */
  levelIdc: number;
}

/** What the first entry of a whole `stsd` box describes. Null where it is not H.264; Mp4Error where it is damaged. */
export function videoCodec(stsd: Uint8Array): VideoCodec | null {
  const [entry] = readSampleEntries(stsd);
  if (entry === undefined || (entry.type !== "avc1" && entry.type !== "avc3")) return null;
  const fields = readAvcConfig(entry).skip(1);
  const [profileIdc, constraintFlags, levelIdc] = [fields.u8(), fields.u8(), fields.u8()];
  const hex = [profileIdc, constraintFlags, levelIdc].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { codecs: `${entry.type}.${hex}`, profileIdc, constraintFlags, levelIdc };
}

/** How many bytes each NAL unit's length takes in the samples: 1, 2 or 4. Throws Mp4Error where it is not H.264. */
export function h264NalLengthBytes(stsd: Uint8Array): number {
  const [entry] = readSampleEntries(stsd);
  if (entry === undefined) throw damaged("a track has no format");
  return (readAvcConfig(entry).skip(4).u8() & 3) + 1;
}

/** ISO/IEC 14496-15 §5.3.3.1. */
function readAvcConfig(entry: Box): Fields {
  const avcC = findBox(visualEntryBoxes(entry), "avcC");
  if (avcC === null) throw damaged("its H.264 parameters (avcC) are missing");
  return new Fields(avcC.body);
}

/** Width and height of a pixel to each other; equal where the file does not say (ISO/IEC 14496-12 §12.1.4). */
export function pixelAspect(stsd: Uint8Array): { horizontal: number; vertical: number } {
  const [entry] = readSampleEntries(stsd);
  const pasp = entry === undefined ? null : findBox(visualEntryBoxes(entry), "pasp");
  if (pasp === null) return { horizontal: 1, vertical: 1 };
  const fields = new Fields(pasp.body);
  return { horizontal: fields.u32(), vertical: fields.u32() };
}

export interface AudioCodec {
  /** RFC 6381: `mp4a.40.` and the object type (2 LC, 5 HE, 29 HE v2 where the file says so), or MPEG-2's `mp4a.67`. */
  codecs: string;
  channels: number;
  /** Hz, as heard: with SBR twice the packets' own. */
  sampleRate: number;
}

const MPEG4_AUDIO = 0x40;
const MPEG2_AAC = new Set([0x66, 0x67, 0x68]);

/** What the first entry of a whole `stsd` box describes. Null where it is not AAC; Mp4Error where it is damaged. */
export function audioCodec(stsd: Uint8Array): AudioCodec | null {
  const [entry] = readSampleEntries(stsd);
  if (entry?.type !== "mp4a") return null;
  const { boxes, channels, sampleRate } = readAudioEntry(stsd, entry);
  const esds = findEsds(boxes);
  if (esds === null) return null;
  const { objectTypeIndication, specificInfo } = readEsds(esds);
  const isMpeg2 = MPEG2_AAC.has(objectTypeIndication);
  if (!isMpeg2 && objectTypeIndication !== MPEG4_AUDIO) return null;
  if (isMpeg2 && specificInfo.length === 0) return { codecs: mpeg2Codecs(objectTypeIndication), channels, sampleRate };
  const config = readAudioSpecificConfig(specificInfo);
  if (config === null) return null;
  return {
    codecs: isMpeg2 ? mpeg2Codecs(objectTypeIndication) : `mp4a.40.${config.objectType}`,
    channels: config.channels || channels,
    sampleRate: config.sampleRate || sampleRate,
  };
}

function mpeg2Codecs(objectTypeIndication: number): string {
  return `mp4a.${objectTypeIndication.toString(16)}`;
}
