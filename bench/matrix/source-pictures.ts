import { readNumbers } from "../../transcoder/testing/barcode-film.ts";
import { probeLines } from "./run-ffmpeg.ts";
import { smallPictures } from "./small-pictures.ts";
import type { ExpectedReady } from "./source.ts";

/** The pictures of a source as any player shows them. */
export interface SourcePictures {
  /** Seconds from the first one, rising; NaN where the file does not say. */
  times: readonly number[];
  /** Time of the first one in the file. */
  firstSeconds: number;
  /** Their numbers, where they have any. */
  numbers: readonly number[];
  /** What they show, where that is all there is to know them by; null for a long film, of which parts are read. */
  small: readonly Uint8Array[] | null;
}

/** Decodes a source once for its times, and once for what it shows. */
export async function readSourcePictures(
  file: string,
  kind: ExpectedReady["pictures"],
  isLong: boolean,
): Promise<SourcePictures> {
  const told = kind === "none" ? [] : isLong ? await packetTimes(file) : await pictureTimes(file);
  const firstSeconds = told.find(Number.isFinite) ?? 0;
  const times = told.map((time) => time - firstSeconds);
  const shown = forward(times);
  const ofShown = <T>(all: readonly T[]): T[] => all.filter((_, n) => shown[n] ?? true);
  return {
    times: ofShown(times),
    firstSeconds,
    numbers: kind === "numbered" || kind === "resampled" ? ofShown(await readNumbers(file)) : [],
    small: kind === "matched" && !isLong ? ofShown(await smallPictures(["-i", file])) : null,
  };
}

/** Whether each picture comes after all before it: where time goes back, as in recordings put together, the past is not shown again. */
export function forward(times: readonly number[]): boolean[] {
  let latest = Number.NEGATIVE_INFINITY;
  return times.map((time) => {
    const isLater = !(time <= latest);
    if (time > latest) latest = time;
    return isLater;
  });
}

/** Presentation times of the pictures that are shown, in seconds of the file; NaN where it does not say. */
export async function pictureTimes(file: string): Promise<number[]> {
  return times(["-show_entries", "frame=best_effort_timestamp_time"], file);
}

/** The same of a file that hides nothing, without decoding it. */
async function packetTimes(file: string): Promise<number[]> {
  return (await times(["-show_entries", "packet=pts_time"], file)).sort((a, b) => a - b);
}

async function times(show: readonly string[], file: string): Promise<number[]> {
  const lines = await probeLines(["-select_streams", "v:0", ...show, "-of", "csv=p=0", file]);
  return lines.filter((line) => /^(-?\d|N\/A)/.test(line)).map(Number.parseFloat);
}
