import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeManyArguments } from "../../domain/media/encode-arguments.ts";
import { pictureFilters } from "../../domain/media/picture-filters.ts";
import type { Plan, VideoRendition } from "../../domain/media/plan.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import { segmentsOf, storeAndPlan, TEST_ASSET, writeJoined } from "../testing/made-asset.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";

const run = promisify(execFile);
const never = new AbortController().signal;
/** Most that a rendition may be worse than one continuous encode with the same settings, in mean structural similarity. */
const MAX_LOSS = 0.001;
/** Pictures behind a join, where a mean bitrate would pulse: that costs 0.02 (docs/decisions/encoding.md). */
const JOIN_PICTURES = 5;

let folder: string;
let film: string;
let plan: Plan;
let rendition: VideoRendition;
let joined: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-joins-"));
  film = join(folder, "film.mp4");
  // moves, and has grain that no encoder can foresee
  const picture = "mandelbrot=size=640x360:rate=25:start_scale=1:end_scale=0.2:end_pts=250,noise=alls=10:allf=t";
  const output = [
    "-t",
    "12",
    "-c:v",
    "libx264",
    "-preset",
    "superfast",
    "-crf",
    "16",
    "-g",
    "50",
    "-pix_fmt",
    "yuv420p",
  ];
  await run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", picture, ...output, film]);
  const objects = openFolderObjects(join(folder, "objects"));
  plan = await storeAndPlan(objects, film);
  const found = plan.video.find(({ kind }) => kind === "encoded");
  if (found === undefined) throw new Error("nothing is encoded");
  rendition = found;
  const maker = testMaker(objects, await testTools());
  const ref = { ...TEST_ASSET, planId: plan.planId, rendition: rendition.name };
  const segments = segmentsOf(plan, rendition);
  for (const segment of segments) await maker.make({ kind: "segment", segment, ...ref }, "prefetch", never);
  await maker.close();
  joined = await writeJoined(objects, plan, rendition.name, segments, join(folder, "joined.mp4"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One encoder over the whole film, told to begin a group where segments begin. */
async function encodeContinuously(): Promise<string> {
  const { timescale } = plan;
  const everything = { start: 0, end: 2 ** 40 };
  const common = { keeps: [everything], timescale, hdr: undefined, threads: 1 };
  const { input, filter, outputs } = encodeManyArguments({ ...common, renditions: [rendition] });
  const starts = plan.boundaries.slice(1, -1).map((ticks) => (ticks / timescale - 0.01).toFixed(6));
  const file = join(folder, "continuous.mp4");
  const output = [...(outputs[0] ?? []), "-force_key_frames", starts.join(",")];
  await run("ffmpeg", ["-v", "error", ...input, "-i", film, "-filter_complex", filter, ...output, file]);
  return file;
}

/** Structural similarity of each picture to the source's, made small in the same way. */
async function similarities(file: string): Promise<number[]> {
  const reference = `[1:v]${pictureFilters(rendition, undefined).join(",")},setpts=N[r]`;
  const graph = `[0:v]setpts=N[d];${reference};[d][r]ssim=stats_file=-`;
  const { stdout } = await run("ffmpeg", ["-v", "error", "-i", file, "-i", film, "-lavfi", graph, "-f", "null", "-"]);
  return [...stdout.matchAll(/All:(\S+)/g)].map(([, all]) => Number(all));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("segments that are encoded one by one", () => {
  it("look like one continuous encode, also behind the joins", async () => {
    const [apart, whole] = [await similarities(joined), await similarities(await encodeContinuously())];
    expect([apart.length, whole.length]).toEqual([300, 300]);
    expect(mean(apart)).toBeGreaterThan(mean(whole) - MAX_LOSS);
    const joins = plan.boundaries.slice(1, -1).map((ticks) => Math.round((ticks / plan.timescale) * 25));
    expect(joins.length).toBeGreaterThan(1);
    const behind = (values: number[]): number =>
      mean(joins.flatMap((picture) => values.slice(picture, picture + JOIN_PICTURES)));
    expect(behind(apart)).toBeGreaterThan(behind(whole) - MAX_LOSS);
  });
});
