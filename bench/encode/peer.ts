import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { encodeArguments, encodeManyArguments } from "../../domain/media/encode-arguments.ts";
import type { Plan, VideoRendition } from "../../domain/media/plan.ts";
import { cpuSecondsWithChildren } from "../measure/cpu-seconds.ts";

export interface Spent {
  cpuSeconds: number;
  wallSeconds: number;
}

/** Wider than any film: the peer keeps all. */
const EVERYTHING = { start: 0, end: 2 ** 40 };
/** Threads of its decoder, as the transcoder's. */
const THREADS = 2;

/**
 * The peer: one run of ffmpeg over a whole film that makes these renditions by one decode with our arguments, a group for each
 * segment of the plan, and one file each ({@link wholeFile}).
 *
 * @param firstSeconds time that the film's first picture has in its file
 */
export function encodeWhole(
  film: string,
  plan: Plan,
  renditions: readonly VideoRendition[],
  folder: string,
  firstSeconds = 0,
): Promise<Spent> {
  const { timescale, hdr } = plan;
  const common = { keeps: [EVERYTHING], timescale, hdr, threads: THREADS };
  const { input, filter, outputs } = encodeManyArguments({ ...common, renditions });
  const inner = plan.boundaries.slice(1, -1).filter((ticks) => ticks < plan.pictureEnd);
  const starts = inner.map((ticks) => (firstSeconds + ticks / timescale - 0.01).toFixed(6));
  const groups = starts.length === 0 ? [] : ["-force_key_frames", starts.join(",")];
  const files = outputs.flatMap((options, n) => [...options, ...groups, wholeFile(folder, renditions[n]?.name)]);
  return spend([...input, "-i", film, "-filter_complex", filter, ...files]);
}

/** Where a rendition's encode lies. */
export function wholeFile(folder: string, rendition: string | undefined): string {
  return join(folder, `${rendition}-whole.mp4`);
}

/** The peer of a single segment: its seconds of the film, found by ffmpeg itself. */
export function encodeSegment(
  film: string,
  plan: Plan,
  rendition: VideoRendition,
  segment: number,
  folder: string,
): Promise<Spent> {
  const { timescale } = plan;
  const [start = 0, end = 0] = plan.boundaries.slice(segment, segment + 2);
  const common = { keep: { start, end }, timescale, hdr: undefined, threads: THREADS };
  const { input, output } = encodeArguments({ ...common, rendition });
  const seek = ["-ss", String(start / timescale), "-t", String((end - start) / timescale)];
  return spend([...input, ...seek, "-i", film, ...output, join(folder, "segment.mp4")]);
}

/** Runs ffmpeg alone: nothing else of this process may end meanwhile. */
async function spend(args: readonly string[]): Promise<Spent> {
  const [before, startedMs] = [cpuSecondsWithChildren(process.pid), performance.now()];
  const own = process.cpuUsage();
  const child = spawn("ffmpeg", ["-v", "error", "-y", "-nostdin", ...args], { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
  const wallSeconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(own);
  return { cpuSeconds: cpuSecondsWithChildren(process.pid) - before - (user + system) / 1e6, wallSeconds };
}
