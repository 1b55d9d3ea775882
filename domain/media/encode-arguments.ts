import { h264Level } from "./h264-level.ts";
import type { VideoRendition } from "./plan.ts";

/** Quality that is aimed at below the ceiling. Chosen in docs/decisions/encoding.md. */
const CRF = 23;
/** Presets are not exchangeable at one CRF: superfast writes two to four times the bytes of this one on grainy film. */
const PRESET = "veryfast";

export interface EncodeOptions {
  rendition: VideoRendition;
  /** Ticks per second of input and output. */
  timescale: number;
  /** Input times to keep, [start, end) in ticks. */
  keep: { start: number; end: number };
  /** Of the decoder, which is most of the work. */
  threads: number;
}

/**
 * Arguments of ffmpeg for one segment of one rendition, from a small MP4 on standard input to fragments on standard output.
 *
 * Without `-avoid_negative_ts disabled` the muxer silently moves every segment to 0; without `stitchable` the parameter sets
 * depend on the quality asked for; `cmaf` makes the decode time the first presentation time. Each was tried both ways
 * (docs/decisions/encoding.md). What comes out is checked against the plan all the same.
 */
export function encodeArguments({ rendition, timescale, keep, threads }: EncodeOptions) {
  const { widthPx, heightPx, frameRate, averageBitrate } = rendition;
  const level = h264Level(widthPx, heightPx, frameRate, averageBitrate);
  const filter = [
    `trim=start_pts=${keep.start}:end_pts=${keep.end}`,
    `scale=${widthPx}:${heightPx}:flags=bicubic`,
    "setsar=1",
    "format=yuv420p",
  ].join(",");
  return {
    input: ["-copyts", "-threads", String(threads), "-f", "mov"],
    output: [
      ...["-map", "0:v:0", "-an", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"],
      ...["-vf", filter, "-fps_mode", "passthrough"],
      ...["-enc_time_base", `1:${timescale}`, "-video_track_timescale", String(timescale)],
      ...["-c:v", "libx264", "-preset", PRESET, "-crf", String(CRF)],
      // the ceiling, with a buffer of one second: what `peakBitrate` of the plan promises
      ...["-maxrate", String(averageBitrate), "-bufsize", String(averageBitrate)],
      ...["-profile:v", "high", "-level", (level / 10).toFixed(1), "-bf", "2", "-flags", "+cgop"],
      // one closed GOP a segment
      ...["-g", "9999", "-keyint_min", "9999", "-sc_threshold", "0"],
      // with more threads the ceiling is kept by guesses at what the others do just now: bytes differ from run to run
      ...["-threads", "1", "-x264-params", "stitchable=1"],
      ...["-avoid_negative_ts", "disabled", "-f", "mp4", "-movflags", "+cmaf+empty_moov+frag_discont+frag_keyframe"],
    ],
  };
}
