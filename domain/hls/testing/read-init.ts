import { readBoxes, requireBox } from "../../mp4/box-reader.ts";
import { audioCodec, h264NalLengthBytes, videoCodec } from "../../mp4/codec.ts";
import { parseMovie } from "../../mp4/movie.ts";
import { Mp4Error } from "../../mp4/mp4-error.ts";

/** What an init segment says of its one track. */
export interface Init {
  kind: "video" | "audio";
  trackId: number;
  timescale: number;
  /** RFC 6381. */
  codecs: string;
  widthPx: number;
  heightPx: number;
  /** Of the length before each NAL unit; null where it is not H.264. */
  nalLengthBytes: number | null;
  /** Media time at which presentation begins. */
  editMediaTime: number;
}

/** Throws Mp4Error where it is none, or has not exactly one track of a known format. */
export function readInit(bytes: Uint8Array): Init {
  const boxes = readBoxes(bytes);
  requireBox(boxes, "ftyp");
  const moov = requireBox(boxes, "moov");
  requireBox(readBoxes(moov.body), "mvex");
  const [track, ...others] = parseMovie(moov.bytes).tracks;
  if (track === undefined || others.length > 0) throw new Mp4Error("it has not exactly one track");
  if (track.samples.count > 0) throw new Mp4Error("it has samples");
  const video = track.kind === "video" ? videoCodec(track.stsd) : null;
  const codecs = video?.codecs ?? (track.kind === "audio" ? audioCodec(track.stsd)?.codecs : undefined);
  if (codecs === undefined || track.kind === "other") throw new Mp4Error("its format is not known");
  return {
    kind: track.kind,
    trackId: track.id,
    timescale: track.timescale,
    codecs,
    widthPx: track.codedWidthPx,
    heightPx: track.codedHeightPx,
    nalLengthBytes: codecs.startsWith("avc") ? h264NalLengthBytes(track.stsd) : null,
    editMediaTime: track.edits[0]?.mediaTime ?? 0,
  };
}
