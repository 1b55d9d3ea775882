import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import sharp, { type Region } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { overlayInputOf } from "../../domain/asset/overlay-input.ts";
import { fitWithin } from "../../domain/media/fit-within.ts";
import type { Size } from "../../domain/media/image-shape.ts";
import { initKey, segmentKey, sentOverlayKey, staticKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { staticName } from "../../domain/media/static-rendition.ts";
import { TRICK_RENDITION } from "../../domain/media/trick-rendition.ts";
import type { Rotation } from "../../domain/mp4/track.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { makeAnimation } from "../images/make-animation.ts";
import { makeImage } from "../images/make-image.ts";
import { makeStoryboard } from "../images/make-storyboard.ts";
import { sourcePictures } from "../images/pictures.ts";
import { fillPlan } from "../make/fill-plan.ts";
import type { ObjectMaker } from "../make/make-object.ts";
import { Slots } from "../make/slots.ts";
import { wholeObjects } from "../make/whole-objects.ts";
import type { PlanWishes, StoredOverlay } from "../source/plan-source.ts";
import { type PlannedSource, SourceCache } from "../source/source-cache.ts";
import { makeStatic } from "../static/make-static.ts";
import { makeFilm, readNumbers } from "../testing/barcode-film.ts";
import { readJoined, segmentsOf, storeAndPlan, TEST_ASSET, writeJoined } from "../testing/made-asset.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { turnFilm } from "../testing/turn-film.ts";
import { twoColours } from "../testing/two-colours.ts";
import { storeOverlays } from "./store-overlays.ts";

const run = promisify(execFile);
const never = new AbortController().signal;
const log = createLogger("test", "silent");
const FILM: Size = { widthPx: 1280, heightPx: 720 };
const SMALL: Size = { widthPx: 640, heightPx: 360 };
/** Grey of the film, each of red, green and blue. */
const GREY = 96;
/** 2 Mbit/s, most of it nothing, so that lower renditions are worth having. */
const FILLED = "-b:v 2M -minrate 2M -maxrate 2M -bufsize 2M -x264-params nal-hrd=cbr".split(" ");

/** Left half opaque red, right half blue of half that: 300 × 150 of 1920 × 1080, 60 from the right and 30 from the bottom, at 50 %. */
const SETTINGS = {
  ...{ horizontal_align: "right", horizontal_margin: "60px", vertical_align: "bottom", vertical_margin: "30px" },
  ...{ width: "300px", opacity: "50%" },
};
const BOX = { left: 1_560 / 1_920, right: 1_860 / 1_920, top: 900 / 1_080, bottom: 1_050 / 1_080 };
const AROUND = [GREY, GREY, GREY];

let folder: string;
let tools: FfmpegTools;
let objects: Objects;
let film: string;
let plan: Plan;
let planned: PlannedSource;
let maker: ObjectMaker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-overlays-"));
  tools = await testTools();
  objects = openFolderObjects(join(folder, "objects"));
  film = join(folder, "film.mp4");
  const grey = `color=c=0x${GREY.toString(16).repeat(3)}:size=1280x720:rate=25:duration=5,format=rgb24[g]`;
  // something that moves, far from the overlay
  const graph = `${grey};testsrc2=size=320x180:rate=25:duration=5,format=rgb24[m];[g][m]overlay=format=rgb`;
  const filter = ["-vf", "scale=out_color_matrix=bt709,format=yuv420p"];
  const coded = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", ...FILLED, "-colorspace", "bt709"];
  await run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", graph, ...filter, ...coded, film]);
  await sendImage(await twoColours().png().toBuffer());
  plan = await storeAndPlan(objects, film, TEST_ASSET, undefined, { overlays: await stored(SETTINGS) });
  const found = await new SourceCache(objects).get(TEST_ASSET, plan.planId);
  if (found === null) throw new Error("there is no plan");
  planned = found;
  maker = testMaker(objects, tools);
});
afterAll(async () => {
  await maker?.close();
  await rm(folder, { recursive: true, force: true });
});

const sendImage = (bytes: Buffer) => objects.put(sentOverlayKey(TEST_ASSET, 1), bytes);

function stored(overlay_settings: Record<string, string>, store = objects): Promise<StoredOverlay[]> {
  const input = overlayInputOf({ url: "https://example.com/logo.png", overlay_settings }, 1);
  return storeOverlays({ objects: store, tools }, TEST_ASSET, [input], FILM, never);
}

const ref = () => ({ ...TEST_ASSET, planId: plan.planId });
const make = (rendition: string, segment: number) =>
  maker.make({ kind: "segment", ...ref(), rendition, segment }, "prefetch", never);

interface Picture extends Size {
  /** Red, green, blue. */
  pixels: Uint8Array;
}

/** The first and the last picture of a file. */
async function picturesOf(file: string, size: Size, pictures: number, matrix = "bt709"): Promise<Picture[]> {
  const filter = `select='eq(n,0)+eq(n,${pictures - 1})',scale=in_color_matrix=${matrix},format=rgb24`;
  const args = ["-v", "error", "-i", file, "-vf", filter, "-fps_mode", "passthrough", "-f", "rawvideo", "-"];
  const { stdout } = await run("ffmpeg", args, { encoding: "buffer", maxBuffer: 1024 ** 3 });
  const bytes = size.widthPx * size.heightPx * 3;
  expect(stdout.length).toBe(bytes * Math.min(2, pictures));
  return Array.from({ length: stdout.length / bytes }, (_, n) => ({
    ...size,
    pixels: stdout.subarray(n * bytes, (n + 1) * bytes),
  }));
}

async function pictureIn(image: Buffer, region?: Region): Promise<Picture> {
  const whole = sharp(image).removeAlpha();
  const { data, info } = await (region ? whole.extract(region) : whole).raw().toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, pixels: data };
}

/** Mean colour of the block of 3 × 3 pixels around a place, in shares of the picture, and within it. */
function colourAt({ pixels, widthPx, heightPx }: Picture, x: number, y: number): number[] {
  const sums = [0, 0, 0];
  const [column, row] = [
    Math.min(Math.floor(x * widthPx), widthPx - 2),
    Math.min(Math.floor(y * heightPx), heightPx - 2),
  ];
  for (const [dx, dy] of Array.from({ length: 9 }, (_, n) => [(n % 3) - 1, Math.floor(n / 3) - 1] as const)) {
    const at = ((row + dy) * widthPx + column + dx) * 3;
    for (let channel = 0; channel < 3; channel += 1) sums[channel] = (sums[channel] ?? 0) + (pixels[at + channel] ?? 0);
  }
  return sums.map((sum) => sum / 9);
}

function expectColour(found: readonly number[], wanted: readonly number[], tolerance: number): void {
  for (const [channel, value] of wanted.entries()) {
    expect(Math.abs((found[channel] ?? 0) - value), `${found} instead of ${wanted}`).toBeLessThanOrEqual(tolerance);
  }
}

/**
 * Compares place and opacity: both halves, and both sides of each edge, `edgePx` from it. What encoding changes is within the
 * tolerance, of 255; five per cent of opacity more or less are not, nor are colours coded for another matrix.
 */
function expectOverlay(picture: Picture, { tolerance = 7, edgePx = 5, box = BOX, around = AROUND } = {}): void {
  const [across, down] = [edgePx / picture.widthPx, edgePx / picture.heightPx];
  const { left, right, top, bottom } = box;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const inRed = around.map((value, channel) => value / 2 + (channel === 0 ? 127.5 : 0));
  const inBlue = around.map((value, channel) => 0.75 * value + (channel === 2 ? 0.25 * 255 : 0));
  const expectAt = (atX: number, atY: number, wanted: readonly number[]): void =>
    expectColour(colourAt(picture, atX, atY), wanted, tolerance);
  for (const atY of [top + down, y, bottom - down]) {
    expectAt(left + across, atY, inRed);
    expectAt(x - across, atY, inRed);
    expectAt(x + across, atY, inBlue);
    expectAt(right - across, atY, inBlue);
    expectAt(left - across, atY, around);
    expectAt(right + across, atY, around);
  }
  for (const atX of [left + across, x, right - across]) {
    expectAt(atX, top - down, around);
    expectAt(atX, bottom + down, around);
  }
  expectAt(0.5, 0.5, around);
}

describe("an overlay", () => {
  it("leaves nothing that is copied from the source", () => {
    expect(plan.video.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "720p encoded",
      "480p encoded",
      "270p encoded",
    ]);
  });

  it.each([0, 1, 2])(
    "lies on the first and last picture of a segment of rendition %i, as opaque as asked",
    async (n) => {
      const rendition = plan.video[n];
      if (rendition === undefined) throw new Error("there is no such rendition");
      await make(rendition.name, 1);
      const file = await writeJoined(objects, plan, rendition.name, [1], join(folder, `${rendition.name}.mp4`));
      for (const picture of await picturesOf(file, rendition, 50)) expectOverlay(picture);
    },
  );

  it("lies on the pictures for scrubbing", async () => {
    await make(TRICK_RENDITION, 0);
    const file = await writeJoined(objects, plan, TRICK_RENDITION, [0], join(folder, "trick.mp4"));
    const size = { widthPx: 480, heightPx: 270 };
    for (const picture of await picturesOf(file, size, 1)) expectOverlay(picture, { tolerance: 10, edgePx: 8 });
  });

  it("lies on images of the source, and once on those of stored segments", async () => {
    const empty = openFolderObjects(await mkdtemp(join(folder, "source-only-")));
    await empty.put(planned.source.key, await bytesOf(planned.source.key));
    const wanted = { kind: "image", ...ref(), format: "png", timeSeconds: 2.5, ...NO_TRANSFORM } as const;
    for (const widthPx of [1280, 400]) {
      const image = await makeImage({ tools, objects: empty, log }, planned, { ...wanted, widthPx }, never);
      expectOverlay(await pictureIn(image ?? Buffer.alloc(0)), { tolerance: 3 });
    }
    await make("720p", 1);
    const unread: FfmpegTools = { ...tools, run: (one) => tools.run({ ...one, args: withoutMovie(one.args) }) };
    const small = await makeImage({ tools: unread, objects, log }, planned, { ...wanted, widthPx: 400 }, never);
    expectOverlay(await pictureIn(small ?? Buffer.alloc(0)), { tolerance: 7 });
  });

  it("lies on every tile of storyboards, exact and near ones, and on moving images", async () => {
    const pictures = await sourcePictures(objects, planned);
    if (pictures === null) throw new Error("there are pictures");
    const wanted = { kind: "storyboard", ...ref(), format: "png", startSeconds: 0, endSeconds: 5 } as const;
    const tile = fitWithin(FILM, { widthPx: 256, heightPx: 160 });
    for (const maxExactPx of [Number.POSITIVE_INFINITY, 0]) {
      const sheet = await makeStoryboard(tools, pictures, FILM, wanted, never, maxExactPx);
      for (const [column, row] of [[0, 0] as const, [4, 9] as const]) {
        const corner = { left: column * tile.widthPx, top: row * tile.heightPx };
        const region = { ...corner, width: tile.widthPx, height: tile.heightPx };
        expectOverlay(await pictureIn(sheet, region), { tolerance: 8, edgePx: 4 });
      }
    }
    const size = { widthPx: 640, heightPx: null };
    const range = { startSeconds: 1, endSeconds: 2 };
    const moving = { kind: "animation", ...ref(), format: "webp", fps: 5, ...range, ...size } as const;
    const animation = await makeAnimation({ tools, objects, log }, planned, pictures, moving, never);
    expectOverlay(await pictureIn(animation), { tolerance: 14, edgePx: 6 });
  });

  it.each(["highest", "360p"] as const)("lies on the static rendition %s", async (resolution) => {
    const parts = { objects, tools, maker, slots: new Slots(2), threads: 2, log };
    const made = await makeStatic(parts, ref(), planned, resolution, never);
    if (made === null) throw new Error("nothing was made");
    const file = join(folder, staticName(resolution));
    await writeFile(file, await bytesOf(staticKey(ref(), staticName(resolution))));
    for (const picture of await picturesOf(file, made, 125)) expectOverlay(picture, { tolerance: 10 });
  });

  it("is in the same bytes when all renditions are made by one decode", async () => {
    const encoded = plan.video.map(({ name }) => name);
    const segments = segmentsOf(plan, plan.video[0] ?? fail());
    const keys = encoded.flatMap((name) => segments.map((segment) => segmentKey(ref(), name, segment)));
    for (const name of encoded) for (const segment of segments) await make(name, segment);
    const hashes = () => Promise.all(keys.map(async (key) => (await objects.head(key))?.sha256));
    const alone = await hashes();
    for (const key of [...keys, ...encoded.map((name) => initKey(ref(), name))]) await objects.delete(key);
    const parts = { objects: wholeObjects(objects, log), tools, maker, slots: new Slots(1), threads: 2, log };
    await fillPlan(parts, { ref: ref(), planned, isWanted: async () => true, signal: never });
    expect(alone).not.toContain(undefined);
    expect(await hashes()).toEqual(alone);
  });
});

function fail(): never {
  throw new Error("there are pictures");
}

const NO_TRANSFORM = { heightPx: null, fitMode: "preserve", rotateDegrees: 0, flipH: false, flipV: false } as const;

async function bytesOf(key: string): Promise<Buffer> {
  const found = await objects.read(key);
  if (found === null) throw new Error(`${key} is not there`);
  return buffer(found.body);
}

/** Refuses to lay anything on: what is read has it already. */
function withoutMovie(args: Parameters<FfmpegTools["run"]>[0]["args"]) {
  if (args.output.some((option) => option.includes("movie="))) throw new Error("it was laid on once more");
  return args;
}

const PQ = "-color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc".split(" ");

describe("an overlay on unusual pictures", () => {
  const upright = { left: 720 / 1_080, right: 1_020 / 1_080, top: 1_740 / 1_920, bottom: 1_890 / 1_920 };

  it.each<Unusual>([
    { name: "turned", size: "1280x720", turned: 90, shown: { widthPx: 720, heightPx: 1280 }, box: upright },
    { name: "HDR", size: "1280x720", shown: FILM, format: "yuv420p10le", wishes: { hdr: "pq" }, tags: PQ },
    { name: "small, of 10 bits in 4:2:2", size: "640x360", shown: SMALL, format: "yuv422p10le", matrix: "bt601" },
    { name: "of oblong pixels", size: "960x720", shown: FILM, wishes: { sampleAspectRatio: 4 / 3 } },
  ])("lies where it has to where they are $name", async ({ name, size, turned, shown, box = BOX, ...more }) => {
    const { format = "yuv420p", matrix = "bt709", wishes = {}, tags = [] } = more;
    const file = join(folder, `unusual-${size}-${format}-${turned ?? 0}.mp4`);
    const grey = `color=c=0x${GREY.toString(16).repeat(3)}:size=${size}:rate=25:duration=1,format=${format}`;
    await run("ffmpeg", [
      "-v",
      "error",
      "-y",
      "-f",
      "lavfi",
      "-i",
      grey,
      "-c:v",
      "libx264",
      "-crf",
      "10",
      ...tags,
      file,
    ]);
    if (turned !== undefined) await turnFilm(file, turned);
    const store = openFolderObjects(await mkdtemp(join(folder, `objects-`)));
    await store.put(sentOverlayKey(TEST_ASSET, 1), await twoColours().png().toBuffer());
    const overlays = await stored(SETTINGS, store);
    const { planId, video } = await storeAndPlan(store, file, TEST_ASSET, undefined, { ...wishes, overlays });
    const [top] = video;
    expect([top?.widthPx, top?.heightPx]).toEqual([shown.widthPx, shown.heightPx]);
    const owner = { ...TEST_ASSET, planId };
    const source = await new SourceCache(store).get(TEST_ASSET, planId);
    if (source === null || top === undefined) throw new Error(`${name}: there is no plan`);
    const wanted = {
      kind: "image",
      ...owner,
      format: "png",
      timeSeconds: 0.5,
      widthPx: null,
      ...NO_TRANSFORM,
    } as const;
    const image = await pictureIn((await makeImage({ tools, objects: store, log }, source, wanted, never)) ?? fail());
    const around = colourAt(image, 0.5, 0.5); // HDR is made darker
    expectOverlay(image, { tolerance: 4, box, around });
    const making = testMaker(store, tools);
    await making.make({ kind: "segment", ...owner, rendition: top.name, segment: 0 }, "prefetch", never);
    await making.close();
    const segment = join(folder, "unusual-segment.mp4");
    await writeFile(segment, await readJoined(store, source.plan, top.name, [0]));
    for (const picture of await picturesOf(segment, shown, 25, matrix)) expectOverlay(picture, { box, around });
  });
});

interface Unusual {
  name: string;
  size: string;
  turned?: Rotation;
  shown: Size;
  box?: typeof BOX;
  format?: string;
  matrix?: string;
  wishes?: PlanWishes;
  tags?: readonly string[];
}

describe("times under an overlay", () => {
  it.each([
    ["30000", "30000/1001"],
    ["10000000", "30000/1001"],
    ["1000003", "25"],
  ])("are exact at %s ticks a second", async (ticks, rate) => {
    const file = join(folder, `ticks-${ticks}.mp4`);
    await makeFilm(file, { rate, pictures: 130, output: ["-video_track_timescale", ticks] });
    const overlays = await stored({ ...SETTINGS, width: "10%" });
    const exact = await storeAndPlan(objects, file, TEST_ASSET, undefined, { overlays });
    expect(exact.timescale).toBe(Number(ticks));
    const [top] = exact.video;
    if (top === undefined) throw new Error("there are pictures");
    const alone = testMaker(objects, tools);
    const segments = segmentsOf(exact, top);
    const owner = { ...TEST_ASSET, planId: exact.planId };
    for (const segment of segments)
      await alone.make({ kind: "segment", ...owner, rendition: top.name, segment }, "prefetch", never);
    await alone.close();
    const joined = join(folder, `ticks-${ticks}-joined.mp4`);
    await writeFile(joined, await readJoined(objects, exact, top.name, segments));
    expect(await readNumbers(joined)).toEqual(Array.from({ length: 130 }, (_, n) => n));
  });
});
