import type { ColourMatrix } from "./colour-matrix.ts";

/** An image with transparency, stored as PNG in ffmpeg's folder, on pictures of one size. */
export interface BurntLayer {
  /** Name in the folder: letters, digits and dots. */
  file: string;
  leftPx: number;
  topPx: number;
  /** Of the pictures that it is laid on. */
  colourMatrix: ColourMatrix;
}

/**
 * From here on ffmpeg would compare the times of picture and image in millionths of a second, and round the picture's:
 * `framesync` takes the common multiple of both clocks only below half of `AV_TIME_BASE` (libavutil `av_gcd_q`).
 */
const MAX_EXACT_TIMESCALE = 500_000;
/** A clock that passes, borrowed while the image is laid on. Times keep their number and change their unit. */
const BORROWED_TIMESCALE = 100_000;

/**
 * A filter of a chain that lays an image on 8-bit 4:2:0 pictures of the layer's size. It may stand in the middle of a chain:
 * the graph branches inside it.
 *
 * @param label begins the names of its branches; no other filter of the graph may have it
 * @param timescale of the pictures' times, where those have to stay as they are to a tick
 */
export function overlayFilter(layer: BurntLayer, label: string, timescale?: number): string {
  const { file, leftPx, topPx, colourMatrix } = layer;
  const image = [
    `movie=${file}:format_name=png_pipe:dec_threads=1`,
    `scale=flags=bicubic+accurate_rnd:out_color_matrix=${colourMatrix}:out_range=tv`,
    "format=yuva420p",
    // one picture at time 0 that stays; whole seconds are part of every clock
    "setpts=0",
    "settb=1",
  ];
  const laid = `[${label}p][${label}i]overlay=${leftPx}:${topPx}:format=yuv420`;
  const [before, after] = timescale === undefined ? [["null"], []] : borrowedClock(timescale);
  return [`${before.join(",")}[${label}p]`, `${image.join(",")}[${label}i]`, [laid, ...after].join(",")].join(";");
}

/** Filters before and after: those after undo those before exactly. */
function borrowedClock(timescale: number): [before: string[], after: string[]] {
  if (timescale < MAX_EXACT_TIMESCALE) return [["null"], []];
  return [
    [`setpts=PTS*${timescale}/${BORROWED_TIMESCALE}`, `settb=1/${BORROWED_TIMESCALE}`],
    [`settb=1/${timescale}`, `setpts=round(PTS*${BORROWED_TIMESCALE}/${timescale})`],
  ];
}
