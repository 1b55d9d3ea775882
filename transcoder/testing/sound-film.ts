import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const MAX_BYTES = 1024 ** 3;

/** Changing tones over noise: never the same twice, so that a shift of one sample shows. Left and right differ. */
export const MUSIC =
  "aevalsrc='0.25*sin(2*PI*(220*t+30*t*t))+0.15*sin(2*PI*90*t)+0.02*(random(0)-0.5)|0.25*sin(2*PI*(330*t+17*t*t))+0.02*(random(1)-0.5)'";

/** A short picture of one colour, for films that are about their sound. */
export const PICTURE = "color=c=gray:s=320x180:r=25";
export const PICTURE_CODEC = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50"];

export async function ffmpeg(...args: readonly string[]): Promise<void> {
  await run("ffmpeg", ["-v", "error", "-y", ...args]);
}

interface Format {
  sampleRate: number;
  channels: number;
}

const LAYOUTS: Readonly<Record<number, string>> = { 1: "mono", 2: "stereo", 6: "5.1" };

/** All samples of a source's sound as it is heard, channels in turn, from the file's start on. */
export function decodeSource(file: string, format: Format, map = "0:a:0"): Promise<Float32Array> {
  const layout = LAYOUTS[format.channels] ?? "stereo";
  const resample = `aresample=${format.sampleRate}:rematrix_maxval=1,aresample=rematrix_maxval=1:async=1:min_hard_comp=0.001:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=${layout}`;
  return decode(["-i", file, "-map", map, "-af", resample]);
}

/**
 * The same of a rendition that was put together: what is decoded from time 0 on, less what the edit list hides. ffmpeg's own
 * reading of edit lists in fragmented files is half a packet off.
 */
export async function decodeRendition(
  file: string,
  { channels }: Format,
  editMediaTime: number,
): Promise<Float32Array> {
  const all = await decode(["-ignore_editlist", "1", "-i", file, "-map", "0:a:0"]);
  return all.subarray(editMediaTime * channels);
}

async function decode(args: readonly string[]): Promise<Float32Array> {
  const options = { encoding: "buffer", maxBuffer: MAX_BYTES } as const;
  const { stdout } = await run("ffmpeg", ["-v", "error", ...args, "-f", "f32le", "pipe:1"], options);
  const floats = new Float32Array(stdout.length / 4);
  for (let at = 0; at < floats.length; at += 1) floats[at] = stdout.readFloatLE(at * 4);
  return floats;
}

/** How much louder what was wanted is than what differs from it, dB, over values [from, to). */
export function signalToNoise(wanted: Float32Array, heard: Float32Array, from = 0, to = wanted.length): number {
  let [signal, noise] = [0, 0];
  for (let at = Math.max(0, from); at < to; at += 1) {
    const value = wanted[at] ?? 0;
    signal += value ** 2;
    noise += (value - (heard[at] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / Math.max(noise, 1e-12));
}
