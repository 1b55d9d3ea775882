import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What stands in each corner of a film that says where up and left are. */
export const CORNERS = { topLeft: "red", topRight: "lime", bottomLeft: "blue", bottomRight: "white" } as const;

export type CornerColour = (typeof CORNERS)[keyof typeof CORNERS];

/** 2 Mbit/s, most of it nothing, so that lower renditions are worth having. */
const FILLED = "-b:v 2M -minrate 2M -maxrate 2M -bufsize 2M -x264-params nal-hrd=cbr".split(" ");

const run = promisify(execFile);

/** A second of four coloured rectangles, 1280 × 720. Its colours are coded as BT.709, and `options` may say so. */
export async function makeCornerFilm(file: string, options: readonly string[] = []): Promise<void> {
  const inputs = Object.values(CORNERS).flatMap((colour) => [
    ...["-f", "lavfi", "-i", `color=${colour}:size=640x360:rate=25:duration=1,format=rgb24`],
  ]);
  const filter = "xstack=inputs=4:layout=0_0|w0_0|0_h0|w0_h0,scale=1280:720:out_color_matrix=bt709,format=yuv420p";
  const output = ["-c:v", "libx264", "-preset", "ultrafast", ...FILLED, ...options, file];
  await run("ffmpeg", ["-v", "error", "-y", ...inputs, "-filter_complex", filter, ...output]);
}

/** The colours in the corners of a decoded image, from top left to bottom right; null is none of them, such as black. */
export function cornersOf(pixels: Uint8Array, widthPx: number, heightPx: number): (CornerColour | null)[] {
  const [left, right, top, bottom] = [0.1, 0.9, 0.1, 0.9];
  const places = [
    [left, top],
    [right, top],
    [left, bottom],
    [right, bottom],
  ] as const;
  return places.map(([x, y]) => colourAt(pixels, (Math.floor(y * heightPx) * widthPx + Math.floor(x * widthPx)) * 3));
}

const BRIGHT = 192;
const DARK = 64;

function colourAt(pixels: Uint8Array, at: number): CornerColour | null {
  const levels = Array.from(pixels.subarray(at, at + 3));
  if (levels.some((level) => level > DARK && level < BRIGHT)) return null;
  const named: Record<string, CornerColour> = { "100": "red", "010": "lime", "001": "blue", "111": "white" };
  return named[levels.map((level) => (level >= BRIGHT ? 1 : 0)).join("")] ?? null;
}
