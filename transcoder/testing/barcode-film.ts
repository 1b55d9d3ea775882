import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

/** A film whose pictures carry their number: black and white blocks, 16 bits, readable after any encoding. */
export interface FilmSpec {
  /** Pictures per second as ffmpeg takes it, such as `30000/1001`. */
  rate: string;
  pictures: number;
  widthPx?: number;
  heightPx?: number;
  /** With sound of this codec, as ffmpeg names it; null is silent. */
  sound?: string | null;
  /** What is heard: sources for ffmpeg's lavfi, a track each; one tone unless told otherwise. */
  heard?: readonly string[];
  /** When sound begins after the first picture. */
  soundLateSeconds?: number;
  /** Options of the encoder and muxer. */
  output?: readonly string[];
  /** Filter on the numbered pictures, such as one that drops some. */
  filter?: string;
}

const BITS = 16;
const BLACK = 30;
const WHITE = 220;
const WIDTH_PX = 640;
const HEIGHT_PX = 360;
/** Rest of a picture: something that moves and has grain, so that an encoder has work to do. */
const NOISE_RANGE = 24;
const TONE = "sine=frequency=440:sample_rate=48000";

const run = promisify(execFile);

/** Writes the film to a file; ffmpeg chooses the container by its name. */
export async function makeFilm(file: string, spec: FilmSpec): Promise<void> {
  const { rate, pictures, widthPx = WIDTH_PX, heightPx = HEIGHT_PX, sound = null, output = [], filter = "null" } = spec;
  const { heard = [TONE], soundLateSeconds = 0 } = spec;
  const tracks = sound === null ? [] : heard;
  const seconds = String((pictures * secondsPerPicture(rate) - soundLateSeconds).toFixed(6));
  const args = [
    ...["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", `${widthPx}x${heightPx}`, "-r", rate],
    ...["-i", "pipe:0"],
    ...tracks.flatMap((one) => ["-itsoffset", String(soundLateSeconds), "-f", "lavfi", "-t", seconds, "-i", one]),
    ...["0:v", ...tracks.map((_, n) => `${n + 1}:a`)].flatMap((stream) => ["-map", stream]),
    ...["-vf", `${filter},format=yuv420p`, "-fps_mode", "passthrough"],
    ...(output.includes("-c:v")
      ? []
      : ["-c:v", "libx264", "-preset", "superfast", "-g", "50", "-bf", "2", "-sc_threshold", "0"]),
    ...(sound === null ? [] : ["-c:a", sound, "-b:a", "96k"]),
    ...output,
    file,
  ];
  const child = spawn("ffmpeg", args, { stdio: ["pipe", "ignore", "inherit"] });
  const ended = once(child, "close");
  child.stdin.on("error", () => {});
  for (let n = 0; n < pictures; n += 1) {
    if (!child.stdin.write(drawPicture(n, widthPx, heightPx))) await Promise.race([once(child.stdin, "drain"), ended]);
  }
  child.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg made no film: ${code}`);
}

function secondsPerPicture(rate: string): number {
  const [numerator = 25, denominator = 1] = rate.split("/").map(Number);
  return denominator / numerator;
}

/** Upper half: the number, highest bit left. Lower half: a pattern that moves. */
function drawPicture(n: number, widthPx: number, heightPx: number): Buffer {
  const picture = Buffer.alloc(widthPx * heightPx);
  const half = heightPx >> 1;
  for (let bit = 0; bit < BITS; bit += 1) {
    const value = (n >> (BITS - 1 - bit)) & 1 ? WHITE : BLACK;
    const [from, to] = [Math.floor((bit * widthPx) / BITS), Math.floor(((bit + 1) * widthPx) / BITS)];
    for (let row = 0; row < half; row += 1) picture.fill(value, row * widthPx + from, row * widthPx + to);
  }
  for (let row = half; row < heightPx; row += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      picture[row * widthPx + x] = 100 + (((x + 3 * n) * (row + n)) % NOISE_RANGE);
    }
  }
  return picture;
}

/** Numbers of the pictures that ffmpeg decodes from a file or playlist, in the order of presentation. */
export async function readNumbers(input: string, options: readonly string[] = []): Promise<number[]> {
  const [width, height] = [BITS * 4, 8];
  const args = [
    ...["-v", "error", ...options, "-i", input, "-map", "0:v:0", "-fps_mode", "passthrough"],
    ...["-vf", `crop=iw:ih/2:0:0,scale=${width}:${height}:flags=area,format=gray`, "-f", "rawvideo", "pipe:1"],
  ];
  const { stdout } = await run("ffmpeg", args, { encoding: "buffer", maxBuffer: 1024 ** 3 });
  const size = width * height;
  return Array.from({ length: stdout.length / size }, (_, picture) => readBits(stdout, picture * size, width, height));
}

/** The number of one decoded grey picture. */
export function readNumber(pixels: Uint8Array, widthPx: number, heightPx: number): number {
  return readBits(pixels, 0, widthPx, heightPx >> 1);
}

/** From the middle row of the part that holds the number, in the middle of each bit's block. */
function readBits(pixels: Uint8Array, start: number, widthPx: number, heightPx: number): number {
  const row = start + (heightPx >> 1) * widthPx;
  let n = 0;
  for (let bit = 0; bit < BITS; bit += 1) {
    const x = Math.floor(((bit + 0.5) * widthPx) / BITS);
    n = n * 2 + Number((pixels[row + x] ?? 0) > (BLACK + WHITE) / 2);
  }
  return n;
}
