import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AssetRef } from "../../domain/media/object-keys.ts";
import { segmentAt } from "../../domain/media/segment-pictures.ts";
import type { WantedImage } from "../../domain/media/transcoder-wire.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { type PlannedSource, SourceCache } from "../source/source-cache.ts";
import { makeFilm, readNumber } from "../testing/barcode-film.ts";
import { CORNERS, cornersOf, makeCornerFilm } from "../testing/corner-film.ts";
import { storeAndPlan, TEST_ASSET } from "../testing/made-asset.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { type ImageParts, makeImage } from "./make-image.ts";

const CORNER_ASSET = { ...TEST_ASSET, assetId: "B".repeat(44) };
const SPOT_ASSET = { ...TEST_ASSET, assetId: "C".repeat(44) };
const never = new AbortController().signal;

let folder: string;
let tools: FfmpegTools;
let objects: Objects;
let parts: ImageParts;
let planned: PlannedSource;
let corners: PlannedSource;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-image-"));
  tools = await testTools();
  objects = openFolderObjects(join(folder, "objects"));
  parts = { tools, objects, log: createLogger("test", "silent") };
  const film = join(folder, "film.mp4");
  await makeFilm(film, { rate: "30", pictures: 200 });
  planned = await plannedSource(film, TEST_ASSET);
  await makeCornerFilm(film);
  corners = await plannedSource(film, CORNER_ASSET);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function plannedSource(film: string, ref: AssetRef): Promise<PlannedSource> {
  const { planId } = await storeAndPlan(objects, film, ref);
  const found = await new SourceCache(objects).get(ref, planId);
  if (found === null) throw new Error("the plan was stored");
  return found;
}

/** Of the first film unless told otherwise. */
function wanted(facts: Partial<WantedImage>): WantedImage {
  return {
    kind: "image",
    ...TEST_ASSET,
    planId: planned.plan.planId,
    format: "jpg",
    timeSeconds: 0,
    widthPx: null,
    heightPx: null,
    fitMode: "preserve",
    rotateDegrees: 0,
    flipH: false,
    flipV: false,
    ...facts,
  };
}

describe("makeImage", () => {
  it.each([
    [0, 0],
    [1 / 30 - 0.001, 0],
    [1 / 30 + 0.001, 1],
    [3.21, 96],
    [6.64, 199],
    [1e6, 199],
  ])("shows what is on screen at %d s: picture %i", async (timeSeconds, number) => {
    const image = await makeImage(parts, planned, wanted({ timeSeconds }), never);
    const { data, info } = await sharp(image ?? Buffer.alloc(0))
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(readNumber(data, info.width, info.height)).toBe(number);
  });

  it.each(["jpg", "png", "webp"] as const)("gives %s in the picture's shape within the bounds", async (format) => {
    const image = await makeImage(parts, planned, wanted({ format, widthPx: 100, heightPx: 100 }), never);
    const { width, height, format: made } = await sharp(image ?? Buffer.alloc(0)).metadata();
    expect([width, height, made]).toEqual([100, 56, format === "jpg" ? "jpeg" : format]);
  });

  it("is as large as the picture at most, and 16 × 9 when that is wanted", async () => {
    const size = async (facts: Partial<WantedImage>) => {
      const { width, height } = await sharp(
        (await makeImage(parts, planned, wanted(facts), never)) ?? undefined,
      ).metadata();
      return [width, height];
    };
    expect(await size({ widthPx: 4_000 })).toEqual([640, 360]);
    expect(await size({ widthPx: 16, heightPx: 16 })).toEqual([16, 9]);
  });

  it("is nothing for a sound without picture", async () => {
    const sound = { ...planned, source: { ...planned.source, picture: null } };
    expect(await makeImage(parts, sound, wanted({}), never)).toBeNull();
  });
});

function decoded(image: Buffer | null) {
  return sharp(image ?? undefined)
    .raw()
    .toBuffer({ resolveWithObject: true });
}

describe("fit modes, turning and flipping", () => {
  const { topLeft, topRight, bottomLeft, bottomRight } = CORNERS;

  async function cornersAfter(facts: Partial<WantedImage>) {
    const order = wanted({ format: "png", ...CORNER_ASSET, planId: corners.plan.planId, ...facts });
    const { data, info } = await decoded(await makeImage(parts, corners, order, never));
    return { size: [info.width, info.height], seen: cornersOf(data, info.width, info.height) };
  }

  it.each([
    [{}, [topLeft, topRight, bottomLeft, bottomRight]],
    [{ rotateDegrees: 90 as const }, [bottomLeft, topLeft, bottomRight, topRight]],
    [{ rotateDegrees: 180 as const }, [bottomRight, bottomLeft, topRight, topLeft]],
    [{ rotateDegrees: 270 as const }, [topRight, bottomRight, topLeft, bottomLeft]],
    [{ flipH: true }, [topRight, topLeft, bottomRight, bottomLeft]],
    [{ flipV: true }, [bottomLeft, bottomRight, topLeft, topRight]],
    [{ rotateDegrees: 90 as const, flipH: true }, [topLeft, bottomLeft, topRight, bottomRight]],
  ])("%j shows %j", async (facts, expected) => {
    expect((await cornersAfter({ widthPx: 200, ...facts })).seen).toEqual(expected);
  });

  const square = { widthPx: 200, heightPx: 200 };
  it.each([
    ["stretch" as const, {}, [topLeft, topRight, bottomLeft, bottomRight]],
    ["crop" as const, {}, [topLeft, topRight, bottomLeft, bottomRight]],
    ["crop" as const, { rotateDegrees: 90 as const }, [bottomLeft, topLeft, bottomRight, topRight]],
    ["pad" as const, {}, [null, null, null, null]],
    ["pad" as const, { rotateDegrees: 90 as const, widthPx: 113 }, [bottomLeft, topLeft, bottomRight, topRight]],
  ])("%s with %j has exactly the wanted size and shows %j", async (fitMode, facts, expected) => {
    const { size, seen } = await cornersAfter({ ...square, fitMode, ...facts });
    expect(size).toEqual(["widthPx" in facts ? facts.widthPx : 200, 200]);
    expect(seen).toEqual(expected);
  });

  it("smartcrop keeps what is to be seen, also enlarged", async () => {
    const film = join(folder, "spot.mp4");
    await makeSpotFilm(film);
    const spot = await plannedSource(film, SPOT_ASSET);
    for (const side of [90, 720]) {
      const facts = { ...SPOT_ASSET, format: "png", fitMode: "smartcrop", widthPx: side, heightPx: side } as const;
      const image = await makeImage(parts, spot, wanted(facts), never);
      const { data, info } = await sharp(image ?? undefined)
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).toEqual([side, side]);
      expect(data.some((level, n) => n % 3 === 0 && level > 200)).toBe(true); // the red spot, far right
    }
  });

  it("shows colours of HD that does not say how they are coded as browsers do", async () => {
    const order = wanted({ format: "png", widthPx: 200, ...CORNER_ASSET, planId: corners.plan.planId });
    const image = await makeImage(parts, corners, order, never);
    const { data } = await sharp(image ?? undefined)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (200 * 10 + 190) * 3; // lime: BT.601 would give 255 of red's place some 30
    for (const [n, level] of [0, 255, 0].entries()) expect(Math.abs((data[at + n] ?? 0) - level)).toBeLessThan(12);
  });
});

describe("makeImage, where segments of a lower rendition are stored", () => {
  const WIDTH_PX = 320; // of which 270p is half as large again

  /** Without the source: whoever reads it gets an error. */
  async function withoutSource(times: readonly number[], film: PlannedSource, ref: AssetRef): Promise<ImageParts> {
    const maker = testMaker(objects, tools);
    for (const time of times) {
      const segment = segmentAt(film.plan, time * film.plan.timescale);
      const rendition = { ...ref, planId: film.plan.planId, rendition: "270p" };
      await maker.make({ kind: "segment", ...rendition, segment }, "prefetch", never);
    }
    await maker.close();
    const read: Objects["read"] = async (key, range) => {
      if (key.includes("/source/")) throw new Error("the source is read");
      return objects.read(key, range);
    };
    return { ...parts, objects: { ...objects, read } };
  }

  it("shows the same picture from those, and reads no source", async () => {
    const times = [0, 0.02, 1.99, 2.01, 3.21, 3.999, 6.64, 1e6];
    const numbers = times.map((time) => Math.min(199, Math.floor(time * 30 + 1e-6)));
    const stored = await withoutSource(times, planned, TEST_ASSET);
    for (const [n, timeSeconds] of times.entries()) {
      const image = await makeImage(stored, planned, wanted({ timeSeconds, widthPx: WIDTH_PX }), never);
      const { data, info } = await sharp(image ?? undefined)
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([info.width, readNumber(data, info.width, info.height)]).toEqual([WIDTH_PX, numbers[n]]);
    }
    const large = makeImage(stored, planned, wanted({ widthPx: 400 }), never);
    await expect(large).rejects.toThrow("the source is read");
  });

  it.each([
    {},
    { rotateDegrees: 90 as const },
    { fitMode: "crop" as const, heightPx: 80, rotateDegrees: 270 as const },
  ])("gives the same image with %j, in the same colours", async (facts) => {
    const ref = { ...TEST_ASSET, assetId: "B".repeat(44) };
    const order = wanted({ format: "png", widthPx: 120, ...ref, planId: corners.plan.planId, ...facts });
    const fromSource = await decoded(await makeImage(parts, corners, { ...order, planId: "0".repeat(16) }, never));
    const stored = await withoutSource([0], corners, CORNER_ASSET);
    const fromSegment = await decoded(await makeImage(stored, corners, order, never));
    expect(fromSegment.info).toEqual(fromSource.info);
    const difference = fromSegment.data.reduce((sum, level, n) => sum + Math.abs(level - (fromSource.data[n] ?? 0)), 0);
    expect(difference / fromSegment.data.length).toBeLessThan(4);
  });
});

/** Grey, with a small red spot at the right edge. */
async function makeSpotFilm(file: string): Promise<void> {
  const spot = "drawbox=x=580:y=150:w=40:h=40:color=red:t=fill";
  const input = ["-f", "lavfi", "-i", `color=gray:size=640x360:rate=25:duration=0.2,${spot}`];
  await promisify(execFile)("ffmpeg", ["-v", "error", "-y", ...input, "-c:v", "libx264", "-pix_fmt", "yuv420p", file]);
}
