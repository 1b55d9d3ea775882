import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pictureFilters } from "../../domain/media/picture-filters.ts";
import type { Plan, VideoRendition } from "../../domain/media/plan.ts";
import { encodeWhole, wholeFile } from "../encode/peer.ts";
import type { PlayedRendition } from "./played-rendition.ts";
import { runFfmpeg } from "./run-ffmpeg.ts";

/** By how much segments that were encoded one by one are worse than one continuous encode, in structural similarity. */
export interface SimilarityLoss {
  /** Mean over all pictures. */
  whole: number;
  /** Mean over those around joins; 0 without a join. */
  atJoins: number;
  /** The worst join's own mean. */
  worstJoin: number;
  joins: number;
  pictures: number;
}

/** Pictures before and behind a join that are looked at: those that pulse where the rate is controlled by a mean. */
const AROUND_JOIN = 3;

/**
 * Encodes what a plan is cut from continuously with the same settings, and compares both with it picture by picture. Rejects where
 * they have not as many pictures.
 *
 * @param source what the plan is cut from, its first picture at `firstSeconds`
 */
export async function similarityLoss(
  source: { file: string; firstSeconds: number },
  plan: Plan,
  rendition: VideoRendition,
  played: PlayedRendition,
  folder: string,
): Promise<SimilarityLoss> {
  await encodeWhole(source.file, plan, [rendition], folder, source.firstSeconds);
  const [apart, whole] = await similarities(
    [played.file, wholeFile(folder, rendition.name)],
    source.file,
    plan,
    rendition,
    folder,
  );
  if (apart.length !== whole.length || apart.length !== played.times.length) {
    throw new Error(
      `${rendition.name}: ${apart.length} pictures are compared, of one continuous encode ${whole.length}`,
    );
  }
  return lossOf(apart, whole, joinsOf(played.segmentSamples));
}

/** Pictures that are the first of a segment, but for the first of all. */
function joinsOf(segmentSamples: readonly number[]): number[] {
  let pictures = 0;
  const ends = segmentSamples.map((count) => {
    pictures += count;
    return pictures;
  });
  return ends.slice(0, -1).filter((end) => end < pictures);
}

/** @param joins places of the first pictures behind joins */
export function lossOf(apart: readonly number[], whole: readonly number[], joins: readonly number[]): SimilarityLoss {
  const losses = whole.map((value, n) => value - (apart[n] ?? 0));
  const around = joins.map((join) => losses.slice(Math.max(0, join - AROUND_JOIN), join + AROUND_JOIN));
  return {
    whole: mean(losses),
    atJoins: mean(around.flat()),
    worstJoin: around.length === 0 ? 0 : Math.max(...around.map(mean)),
    joins: joins.length,
    pictures: losses.length,
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Structural similarity of each picture of two encodes to the source's, made small in the same way. One decode of each. */
async function similarities(
  encodes: readonly [apart: string, whole: string],
  source: string,
  { hdr }: Plan,
  rendition: VideoRendition,
  folder: string,
): Promise<[number[], number[]]> {
  // pictures are compared by their place, not by their time
  const inOrder = "settb=1/25,setpts=N";
  const graph = [
    `[2:v:0]${pictureFilters(rendition, hdr).join(",")},${inOrder},split[r0][r1]`,
    ...[0, 1].map(
      (n) => `[${n}:v:0]setsar=1,format=yuv420p,${inOrder}[e${n}];[e${n}][r${n}]ssim=stats_file=ssim-${n}.log[o${n}]`,
    ),
  ].join(";");
  const inputs = [...encodes, source].flatMap((file) => ["-i", file]);
  const outputs = [0, 1].flatMap((n) => ["-map", `[o${n}]`, "-fps_mode", "passthrough", "-f", "null", "-"]);
  await runFfmpeg([...inputs, "-filter_complex", graph, ...outputs], folder);
  return [await readSeries(join(folder, "ssim-0.log")), await readSeries(join(folder, "ssim-1.log"))];
}

async function readSeries(file: string): Promise<number[]> {
  return [...(await readFile(file, "utf8")).matchAll(/All:(\S+)/g)].map(([, all]) => Number(all));
}
