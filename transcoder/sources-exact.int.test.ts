import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planKey, sourceKey } from "../domain/media/object-keys.ts";
import type { Plan } from "../domain/media/plan.ts";
import type { Rotation } from "../domain/mp4/track.ts";
import { openFolderObjects } from "../platform/objects/folder-objects.ts";
import type { Objects } from "../platform/objects/objects.ts";
import type { FfmpegTools } from "./ffmpeg.ts";
import { examineSource } from "./jobs/examine-source.ts";
import { planWishes } from "./jobs/plan-wishes.ts";
import { openSource } from "./source/open-source.ts";
import { planSource } from "./source/plan-source.ts";
import { type FilmSpec, makeFilm, readNumbers } from "./testing/barcode-film.ts";
import { segmentsOf, TEST_ASSET, writeJoined } from "./testing/made-asset.ts";
import { testMaker, testTools } from "./testing/test-maker.ts";
import { turnFilm } from "./testing/turn-film.ts";

const run = promisify(execFile);
const never = new AbortController().signal;
/** Playlists are read with times in microseconds. */
const CLOCK_ERROR_SECONDS = 0.000_05;

const X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "15", "-g", "50", "-sc_threshold", "0"];
const x265 = (parameters = "") => [
  ...["-c:v", "libx265", "-preset", "ultrafast", "-crf", "12", "-tag:v", "hvc1", "-x265-params"],
  `log-level=none:keyint=50:min-keyint=50:scenecut=0:open-gop=0:bframes=3${parameters}`,
];
const PQ = ":colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc";
const HLG = ":colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc";
const TEN_BITS = ["-pix_fmt", "yuv420p10le"];

interface Source extends FilmSpec {
  name: string;
  /** Renditions as they should be; the first is what the source is itself, or stands for it. */
  renditions: readonly string[];
  /** Of the renditions that are encoded. */
  reasons?: Record<string, string>;
  /** Copied out of the film made, from this second on: leaves pictures that are decoded and not shown. */
  cutFrom?: string;
  /** The film says of itself that it is to be turned so, clockwise, when it is shown. */
  turned?: Rotation;
}

const film = { rate: "25", pictures: 110, renditions: ["360p encoded", "270p encoded"] };
const SOURCES: readonly Source[] = [
  {
    ...{ ...film, name: "HEVC", output: x265() },
    renditions: ["360phevc copied", "360p encoded", "270p encoded"],
  },
  {
    ...{ ...film, name: "HEVC of 10 bits", output: [...x265(), ...TEN_BITS] },
    renditions: ["360phevc copied", "360p encoded", "270p encoded"],
  },
  { ...film, name: "HEVC in open groups", output: x265(":open-gop=1") },
  { ...film, name: "HEVC named hev1", output: [...x265(), "-tag:v", "hev1"] },
  { ...film, name: "HDR (PQ)", output: [...x265(PQ), ...TEN_BITS], reasons: { video_dynamic_range: "pq" } },
  { ...film, name: "HDR (HLG)", output: [...x265(HLG), ...TEN_BITS], reasons: { video_dynamic_range: "hlg" } },
  {
    ...{
      ...film,
      name: "AV1",
      output: ["-c:v", "libsvtav1", "-preset", "12", "-crf", "12", "-g", "50", "-svtav1-params", "lookahead=0"],
    },
    reasons: { video_codec: "av1" },
  },
  {
    ...{ ...film, name: "VP9", output: ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50"] },
    reasons: { video_codec: "vp9" },
  },
  {
    ...{ ...film, name: "H.264 of 10 bits", output: [...X264, ...TEN_BITS] },
    reasons: { unsupported_pixel_format: "yuv420p10le" },
  },
  ...([90, 180, 270] as const).map((degrees) => ({
    ...{ ...film, name: `turned by ${degrees} degrees` },
    filter: { 90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock" }[degrees] ?? "",
    ...{ output: X264, turned: degrees },
  })),
  {
    ...{ ...film, name: "oblong pixels", filter: "scale=480:360,setsar=4/3", output: X264 },
    reasons: { pixel_aspect_ratio: "non-standard" },
  },
  {
    ...{ ...film, name: "oblong pixels, turned", filter: "transpose=cclock,scale=270:640,setsar=4/3" },
    ...{ output: X264, turned: 90 as const },
    reasons: { pixel_aspect_ratio: "non-standard" },
  },
  { ...film, name: "120 fps", rate: "120", pictures: 500, output: X264, renditions: ["360p copied", "270p encoded"] },
  {
    ...{ ...film, name: "a pyramid of B-frames", renditions: ["360p copied", "270p encoded"] },
    output: [
      "-c:v",
      "libx264",
      "-preset",
      "superfast",
      "-g",
      "50",
      "-bf",
      "7",
      "-x264-params",
      "b-pyramid=normal:b-adapt=0",
    ],
  },
  { ...film, name: "sync pictures only", output: [...X264, "-g", "1"], renditions: ["360p copied", "270p encoded"] },
  {
    ...{ ...film, name: "a start at 7.4 s", renditions: ["360p copied", "270p encoded"] },
    output: [...X264, "-bf", "2", "-output_ts_offset", "7.4"],
  },
  { ...film, name: "an edit list that hides pictures", output: [...X264, "-bf", "2"], cutFrom: "0.92" },
];

let folder: string;
let tools: FfmpegTools;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-sources-"));
  tools = await testTools();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a source that is cut just in time shows its pictures, each at its time", () => {
  it.each(SOURCES)("$name", async (source) => {
    const base = join(folder, source.name.replaceAll(/\W+/g, "-"));
    const file = await makeSource(base, source);
    const objects = openFolderObjects(`${base}-objects`);
    const plan = await takeIn(objects, file, source.reasons ?? {});
    expect(plan.video.map(({ name, kind }) => `${name} ${kind}`)).toEqual(source.renditions);

    const [numbers, times] = [await readNumbers(file), await pictureTimes(file)];
    const maker = testMaker(objects, tools);
    for (const rendition of plan.video) {
      const segments = segmentsOf(plan, rendition);
      const ref = { ...TEST_ASSET, planId: plan.planId, rendition: rendition.name };
      await maker.make({ kind: "init", ...ref }, "prefetch", never);
      for (const segment of segments) await maker.make({ kind: "segment", segment, ...ref }, "prefetch", never);
      const joined = await writeJoined(objects, plan, rendition.name, segments, `${base}-${rendition.name}.mp4`);
      expect(await readNumbers(joined), rendition.name).toEqual(numbers);
      const made = await pictureTimes(joined);
      expect(made.filter((time, n) => Math.abs(time - (times[n] ?? 0)) > CLOCK_ERROR_SECONDS)).toEqual([]);
      expect(await sizeOf(joined)).toEqual(`${rendition.widthPx}x${rendition.heightPx} 1:1`);
    }
    await maker.close();
  });
});

async function makeSource(base: string, { cutFrom, turned, ...spec }: Source): Promise<string> {
  const file = `${base}.mp4`;
  await makeFilm(file, spec);
  if (turned !== undefined) await turnFilm(file, turned);
  if (cutFrom === undefined) return file;
  const cut = `${base}-cut.mp4`;
  await run("ffmpeg", ["-v", "error", "-y", "-ss", cutFrom, "-i", file, "-c", "copy", cut]);
  return cut;
}

/** As ingest does with what need not be standardised. */
async function takeIn(objects: Objects, file: string, reasons: Record<string, string>): Promise<Plan> {
  await objects.put(sourceKey(TEST_ASSET, 1), createReadStream(file));
  const examined = await examineSource(tools, objects, TEST_ASSET, never);
  expect(examined.judgement).toMatchObject({ needsStandardising: false, reasons });
  const source = await openSource(objects, TEST_ASSET, 1);
  const plan = await planSource(objects, source, 1, "1080p", planWishes(examined, "plus"));
  await objects.put(planKey({ ...TEST_ASSET, planId: plan.planId }), Buffer.from(JSON.stringify(plan)));
  return plan;
}

/** Presentation times of the decoded pictures, from the first one. */
async function pictureTimes(input: string): Promise<number[]> {
  const show = ["-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "csv=p=0"];
  const { stdout } = await run("ffprobe", ["-v", "error", ...show, input], { maxBuffer: 1024 ** 2 * 64 });
  const times = stdout.split("\n").filter(Boolean).map(Number.parseFloat);
  return times.map((time) => time - (times[0] ?? 0));
}

async function sizeOf(input: string): Promise<string> {
  const show = ["-select_streams", "v:0", "-show_entries", "stream=width,height,sample_aspect_ratio", "-of", "csv=p=0"];
  const { stdout } = await run("ffprobe", ["-v", "error", ...show, input]);
  const [width, height, aspect] = stdout.trim().split(",");
  return `${width}x${height} ${aspect === "N/A" ? "1:1" : aspect}`;
}
