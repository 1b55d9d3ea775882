import { runFfmpeg } from "./run-ffmpeg.ts";

const WIDTH_PX = 160;
const HEIGHT_PX = 90;
const SIZE = WIDTH_PX * HEIGHT_PX;
/** How far another picture may lie that a shown one is taken for. */
const NEAR = 2;
/**
 * Of neighbours that hardly differ an encoder may show the other: a picture is another's only where it fits that much better. Behind a
 * sync picture of a still scene it repeats that one's grain, which fits 2.6 times better.
 */
const MUCH_BETTER = 3;
const MIN_DIFFERENCE = 0.5;

/** The pictures that ffmpeg decodes of an input, small and grey, in the order of presentation. */
export async function smallPictures(input: readonly string[], frames?: number): Promise<Buffer[]> {
  const args = [
    ...[
      ...input,
      "-map",
      "0:v:0",
      "-fps_mode",
      "passthrough",
      ...(frames === undefined ? [] : ["-frames:v", `${frames}`]),
    ],
    ...["-vf", `scale=${WIDTH_PX}:${HEIGHT_PX}:flags=area,format=gray`, "-f", "rawvideo", "pipe:1"],
  ];
  const bytes = await runFfmpeg(args);
  return Array.from({ length: Math.floor(bytes.length / SIZE) }, (_, n) => bytes.subarray(n * SIZE, (n + 1) * SIZE));
}

/** Places of shown pictures that are not the source's of the same place, but one of those around. */
export function misplaced(shown: readonly Uint8Array[], source: readonly Uint8Array[]): number[] {
  return shown.flatMap((picture, n) => {
    const own = difference(picture, source[n]);
    const around = [-NEAR, -1, 1, NEAR].map((step) => difference(picture, source[n + step]));
    return own > MUCH_BETTER * Math.min(...around) + MIN_DIFFERENCE ? [n] : [];
  });
}

/** Places at which a shown picture that came one too early or too late would be seen: those where something moves. */
export function tellable(shown: readonly Uint8Array[], source: readonly Uint8Array[]): number {
  return shown.filter((picture, n) => {
    const own = difference(picture, source[n]);
    return [-1, 1].every((step) => difference(picture, source[n + step]) > MUCH_BETTER * own + MIN_DIFFERENCE);
  }).length;
}

/** Mean square of what differs, in levels of 0..255; without a picture it is infinite. */
function difference(one: Uint8Array, other: Uint8Array | undefined): number {
  if (other === undefined || other.length !== one.length) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += ((one[at] ?? 0) - (other[at] ?? 0)) ** 2;
  return sum / one.length;
}
