import { h264Level } from "./h264-level.ts";
import { type BurntLayer, overlayFilter } from "./overlay-filters.ts";
import { pictureFilters } from "./picture-filters.ts";
import type { HdrTransfer, VideoRendition } from "./plan.ts";

/** Quality that is aimed at below the ceiling. Chosen in docs/decisions/encoding.md. */
const CRF = 23;
/** Presets are not exchangeable at one CRF: superfast writes two to four times the bytes of this one on grainy film. */
const PRESET = "veryfast";

/** Input times to keep, [start, end) in ticks. */
export interface KeptTimes {
  start: number;
  end: number;
}

interface CommonOptions {
  /** Ticks per second of input and output. */
  timescale: number;
  /** What the source's picture is made for, where that is HDR (`Plan.hdr`). */
  hdr: HdrTransfer | undefined;
  /** Of the decoder, which is most of the work. */
  threads: number;
}

export interface EncodeOptions extends CommonOptions {
  rendition: VideoRendition;
  /** What is burnt in, of the rendition's size. */
  layer?: BurntLayer | null;
  keep: KeptTimes;
}

/**
 * Arguments of ffmpeg for one segment of one rendition, from a small MP4 on standard input to fragments on standard output.
 *
 * Without `-avoid_negative_ts disabled` the muxer silently moves every segment to 0; without `stitchable` the parameter sets
 * depend on the quality asked for; `cmaf` makes the decode time the first presentation time. Each was tried both ways
 * (docs/decisions/encoding.md). What comes out is checked against the plan all the same.
 */
export function encodeArguments({ rendition, layer = null, keep, timescale, hdr, threads }: EncodeOptions) {
  const filters = [trim(keep), ...renditionFilters(rendition, layer, "o", { timescale, hdr })];
  return {
    input: inputOptions(threads),
    output: ["-map", "0:v:0", "-vf", filters.join(","), ...encoderOptions(rendition, timescale)],
  };
}

export interface EncodeManyOptions extends CommonOptions {
  renditions: readonly VideoRendition[];
  /** What is burnt into each of them. */
  layers?: readonly (BurntLayer | null)[];
  /** One a segment, in order, neighbours. */
  keeps: readonly KeptTimes[];
}

/**
 * The same for several renditions of several neighbouring segments by one decode. Every segment of every rendition has an
 * encoder of its own, with the arguments of {@link encodeArguments}, so that its bytes are the same. Outputs are in the order
 * of renditions, and of segments within each; they are written when the last picture is decoded.
 */
export function encodeManyArguments(options: EncodeManyOptions) {
  const { renditions, layers = [], keeps, timescale, hdr, threads } = options;
  const whole = { start: keeps[0]?.start ?? 0, end: keeps.at(-1)?.end ?? 0 };
  const rungs = renditions.map((rendition, rung) => {
    const filters = renditionFilters(rendition, layers[rung] ?? null, `l${rung}`, { timescale, hdr }).join(",");
    const cuts = keeps.map((keep, n) => `[c${rung}x${n}]${trim(keep)}[o${rung}x${n}]`);
    return [`[r${rung}]${filters},${split(keeps.length, (n) => `c${rung}x${n}`)}`, ...cuts];
  });
  const graph = [`[0:v:0]${trim(whole)},${split(renditions.length, (rung) => `r${rung}`)}`, ...rungs.flat()];
  return {
    input: inputOptions(threads),
    filter: graph.join(";"),
    outputs: renditions.flatMap((rendition, rung) =>
      keeps.map((_, n) => ["-map", `[o${rung}x${n}]`, ...encoderOptions(rendition, timescale)]),
    ),
  };
}

/** From a decoded picture to one that is encoded. An image is laid on at each size anew: scaling both together would blur it. */
function renditionFilters(
  rendition: VideoRendition,
  layer: BurntLayer | null,
  label: string,
  { timescale, hdr }: Pick<CommonOptions, "timescale" | "hdr">,
): string[] {
  return [...pictureFilters(rendition, hdr), ...(layer === null ? [] : [overlayFilter(layer, label, timescale)])];
}

function trim({ start, end }: KeptTimes): string {
  return `trim=start_pts=${start}:end_pts=${end}`;
}

function split(count: number, label: (n: number) => string): string {
  return `split=${count}${Array.from({ length: count }, (_, n) => `[${label(n)}]`).join("")}`;
}

function inputOptions(threads: number): string[] {
  return ["-copyts", "-threads", String(threads), "-f", "mov"];
}

function encoderOptions(rendition: VideoRendition, timescale: number): string[] {
  const { widthPx, heightPx, frameRate, averageBitrate, crf = CRF } = rendition;
  const level = h264Level(widthPx, heightPx, frameRate, averageBitrate);
  return [
    ...["-an", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-fps_mode", "passthrough"],
    ...["-enc_time_base", `1:${timescale}`, "-video_track_timescale", String(timescale)],
    ...["-c:v", "libx264", "-preset", PRESET, "-crf", String(crf)],
    // the ceiling, with a buffer of one second: what `peakBitrate` of the plan promises
    ...["-maxrate", String(averageBitrate), "-bufsize", String(averageBitrate)],
    ...["-profile:v", "high", "-level", (level / 10).toFixed(1), "-bf", "2", "-flags", "+cgop"],
    // one closed GOP a segment
    ...["-g", "9999", "-keyint_min", "9999", "-sc_threshold", "0"],
    // with more threads the ceiling is kept by guesses at what the others do just now: bytes differ from run to run
    ...["-threads", "1", "-x264-params", `stitchable=1${firstPicture(crf, frameRate)}`],
    ...["-avoid_negative_ts", "disabled", "-f", "mp4", "-movflags", "+cmaf+empty_moov+frag_discont+frag_keyframe"],
  ];
}

/**
 * By how much better a segment's first picture is asked for than the rest. x264 derives a sync picture from those before it, and the
 * first of all, which has none, comes out worse than where a continuous encode goes on: by two to three steps in most films, and by
 * more in slow ones, since it gives pictures more quality the longer each is shown (docs/decisions/encoding.md). Segments of a single
 * picture have no rest.
 */
function firstPicture(crf: number, frameRate: number): string {
  if (frameRate <= 1) return "";
  const better = Math.max(2, 2.4 * Math.log2(25 / frameRate)); // 2.4 = 6 × (1 - qcompress)
  return `:zones=0,0,crf=${(crf - better).toFixed(2)}`;
}
