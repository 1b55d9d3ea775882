import { hasBytes, hasText, isAdtsSound, isMpegSound } from "./sound-frames.ts";

export type Container =
  | "mp4"
  | "mov"
  | "webm"
  | "matroska"
  | "mpegts"
  | "mpegps"
  | "avi"
  | "ogg"
  | "flv"
  | "asf"
  | "mxf"
  | "mp3"
  | "wav"
  | "aac"
  | "flac"
  | "aiff";

export interface SniffedContainer {
  container: Container;
  /** Name of ffmpeg's demuxer, which is forced: left to guess, it opens playlists that name other files. */
  demuxer: string;
}

/** How much of a file's beginning is worth handing over. */
export const SNIFFED_BYTES = 4096;

const DEMUXERS: Record<Container, string> = {
  mp4: "mov",
  mov: "mov",
  webm: "matroska",
  matroska: "matroska",
  mpegts: "mpegts",
  mpegps: "mpeg",
  avi: "avi",
  ogg: "ogg",
  flv: "flv",
  asf: "asf",
  mxf: "mxf",
  mp3: "mp3",
  wav: "wav",
  aac: "aac",
  flac: "flac",
  aiff: "aiff",
};

/** Brands of `ftyp` that hold still pictures (ISO/IEC 23008-12 §10, AVIF). */
const PICTURE_BRANDS: readonly string[] = ["heic", "heix", "heim", "heis", "mif1", "avif", "avis", "msf1"];
/** First boxes of QuickTime files older than `ftyp`. */
const OLD_QUICKTIME: readonly string[] = ["moov", "mdat", "wide", "free", "skip", "pnot"];

const EBML = [0x1a, 0x45, 0xdf, 0xa3];
const ASF_HEADER = [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11];
const MXF_PARTITION = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01];
const PACK_START = [0x00, 0x00, 0x01, 0xba];

/**
 * Tells a media container by its own first bytes, never by a name or a content type. Null for everything else: playlists,
 * scripts, documents, pictures, subtitles. What it says is a claim of the file that the demuxer has yet to confirm.
 */
export function sniffContainer(head: Uint8Array): SniffedContainer | null {
  const container = containerOf(head);
  return container === null ? null : { container, demuxer: DEMUXERS[container] };
}

function containerOf(head: Uint8Array): Container | null {
  if (hasBytes(head, 0, EBML)) return ebmlType(head);
  if (hasText(head, 0, "RIFF") || hasText(head, 0, "RF64")) return riffType(head);
  if (hasText(head, 0, "OggS")) return "ogg";
  if (hasText(head, 0, "FLV\u0001")) return "flv";
  if (hasText(head, 0, "fLaC")) return "flac";
  if (hasText(head, 0, "FORM") && (hasText(head, 8, "AIFF") || hasText(head, 8, "AIFC"))) return "aiff";
  if (hasBytes(head, 0, ASF_HEADER)) return "asf";
  if (hasBytes(head, 0, MXF_PARTITION)) return "mxf";
  if (hasBytes(head, 0, PACK_START)) return "mpegps";
  const iso = isoType(head);
  if (iso !== undefined) return iso;
  if (isTransportStream(head)) return "mpegts";
  return soundType(head);
}

/** ISO/IEC 14496-12 §4.3; undefined when it is no such file, null when it holds pictures only. */
function isoType(head: Uint8Array): Container | null | undefined {
  const type = textAt(head, 4);
  if (type === "ftyp") {
    const brand = textAt(head, 8);
    if (PICTURE_BRANDS.includes(brand)) return null;
    return brand === "qt  " ? "mov" : "mp4";
  }
  if (type === "styp") return "mp4";
  // Motion JPEG 2000 (ISO/IEC 15444-3 §5) has the signature of JPEG 2000 first, behind which pictures name another brand
  if (type === "jP  ") return textAt(head, 16) === "ftyp" && textAt(head, 20) === "mjp2" ? "mp4" : null;
  return OLD_QUICKTIME.includes(type) ? "mov" : undefined;
}

/** RFC 8794 §11.2.4: the element DocType, id 0x4282, is in the first element of the file. */
function ebmlType(head: Uint8Array): Container | null {
  for (let at = EBML.length; at < Math.min(head.length, 256); at += 1) {
    if (!hasBytes(head, at, [0x42, 0x82])) continue;
    if (hasText(head, at + 3, "webm")) return "webm";
    if (hasText(head, at + 3, "matroska")) return "matroska";
  }
  return null;
}

function riffType(head: Uint8Array): Container | null {
  if (hasText(head, 8, "AVI ") || hasText(head, 8, "AVIX")) return "avi";
  return hasText(head, 8, "WAVE") ? "wav" : null;
}

/** 188 bytes a packet, 192 with a time code in front (Blu-ray), 204 with parity behind. */
const TS_PACKET_BYTES = [188, 192, 204] as const;
const TS_SYNC = 0x47;
/** So many sync bytes in step are no accident: one in 10^12. A cut recording may begin inside a packet. */
const TS_PACKETS = 5;

function isTransportStream(head: Uint8Array): boolean {
  return TS_PACKET_BYTES.some((bytes) => {
    for (let start = 0; start < bytes; start += 1) {
      const packets = Array.from({ length: TS_PACKETS }, (_, index) => head[start + index * bytes]);
      if (packets.every((byte) => byte === TS_SYNC)) return true;
    }
    return false;
  });
}

/** Sound without a container, perhaps behind an ID3v2 tag (its size is 4 × 7 bits, id3.org §3.1). */
function soundType(head: Uint8Array): Container | null {
  const isTagged = hasText(head, 0, "ID3") && head.length > 10;
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, 10);
  const start = isTagged ? 10 + ((a << 21) | (b << 14) | (c << 7) | d) : 0;
  if (isTagged && start >= head.length) return "mp3";
  if (isTagged && hasText(head, start, "fLaC")) return "flac";
  if (isAdtsSound(head, start)) return "aac";
  return isMpegSound(head, start) ? "mp3" : null;
}

function textAt(head: Uint8Array, at: number): string {
  return String.fromCharCode(...head.subarray(at, at + 4));
}
