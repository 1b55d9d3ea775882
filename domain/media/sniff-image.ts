import type { Size } from "./image-shape.ts";
import { hasBytes, hasText } from "./sound-frames.ts";

export interface SniffedImage extends Size {
  /** ffmpeg's name of what reads such a file. */
  demuxer: "png_pipe" | "jpeg_pipe" | "webp_pipe";
  /** Told of WebP alone: of a PNG that moves, the first picture is one by itself. */
  isMoving?: boolean;
}

/** Flag of an extended WebP file. */
const MOVES = 0x02;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** What an image is and how large it says it is, by its own bytes; null for what is no PNG, JPEG or WebP. */
export function sniffImage(bytes: Uint8Array): SniffedImage | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (hasBytes(bytes, 0, PNG_SIGNATURE) && hasText(bytes, 12, "IHDR"))
      return { demuxer: "png_pipe", widthPx: view.getUint32(16), heightPx: view.getUint32(20) };
    if (hasBytes(bytes, 0, [0xff, 0xd8, 0xff])) return jpegImage(view);
    if (hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WEBP")) return webpImage(bytes, view);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the file ends before it tells
  }
  return null;
}

/** ITU-T T.81 §B.2.2: the size stands in the frame header, behind any number of other segments. */
function jpegImage(view: DataView): SniffedImage | null {
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // filling
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { demuxer: "jpeg_pipe", heightPx: view.getUint16(at + 5), widthPx: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
}

/** RFC 9649 §2.5 to 2.7: lossy, lossless and extended files. */
function webpImage(bytes: Uint8Array, view: DataView): SniffedImage | null {
  const demuxer = "webp_pipe";
  if (hasText(bytes, 12, "VP8 ")) {
    const side = (at: number): number => view.getUint16(at, true) & 0x3fff;
    return { demuxer, widthPx: side(26), heightPx: side(28) };
  }
  if (hasText(bytes, 12, "VP8L")) {
    const bits = view.getUint32(21, true);
    return { demuxer, widthPx: (bits & 0x3fff) + 1, heightPx: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!hasText(bytes, 12, "VP8X")) return null;
  const side = (at: number): number => 1 + view.getUint16(at, true) + view.getUint8(at + 2) * 65_536;
  return { demuxer, widthPx: side(24), heightPx: side(27), isMoving: (view.getUint8(20) & MOVES) !== 0 };
}
