import { COMPARED_RATE } from "./judge-sound.ts";
import type { PlayedRendition } from "./played-rendition.ts";
import { probeLines, runFfmpeg } from "./run-ffmpeg.ts";

/**
 * A source's sound in one channel at the compared rate, from a time of the file on. Holes are silence, and what comes earlier is left out, as
 * no player shows it.
 *
 * @param sound its place among the sounds of the file
 */
export function decodeSourceSound(file: string, sound: number, fromSeconds: number): Promise<Float32Array> {
  return decode(["-copyts", "-i", file, "-map", `0:a:${sound}`], fromSeconds);
}

/** The same of a rendition, from its presentation's beginning on. ffmpeg's own reading of edit lists in fragments is half a packet off. */
export function decodeRenditionSound({ file, hiddenSeconds }: PlayedRendition): Promise<Float32Array> {
  return decode(["-copyts", "-ignore_editlist", "1", "-i", file, "-map", "0:a:0"], hiddenSeconds);
}

/** Time in the file at which its first sound is heard; for sound without a picture, which it begins with. */
export async function firstSoundSeconds(file: string): Promise<number> {
  const show = ["-select_streams", "a:0", "-show_entries", "frame=best_effort_timestamp_time", "-of", "csv=p=0"];
  const [first = "0"] = await probeLines([...show, "-read_intervals", "%+#8", file]);
  return Number.parseFloat(first) || 0;
}

async function decode(input: readonly string[], fromSeconds: number): Promise<Float32Array> {
  const filter = `asetpts=PTS-${fromSeconds.toFixed(9)}/TB,aresample=${COMPARED_RATE}:async=1:min_hard_comp=0.001:first_pts=0`;
  const bytes = await runFfmpeg([...input, "-af", filter, "-ac", "1", "-f", "f32le", "pipe:1"]);
  return new Float32Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 2);
}
