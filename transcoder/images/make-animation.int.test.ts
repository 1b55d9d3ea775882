import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../domain/media/plan.ts";
import type { WantedAnimation } from "../../domain/media/transcoder-wire.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { NO_LAYERS } from "../overlays/overlay-layers.ts";
import { openSource } from "../source/open-source.ts";
import { makeFilm, readNumber } from "../testing/barcode-film.ts";
import { segmentsOf, storeAndPlan, TEST_ASSET } from "../testing/made-asset.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { makeAnimation } from "./make-animation.ts";
import type { ImageParts } from "./make-image.ts";
import { type Pictures, sourcePictures } from "./pictures.ts";

const never = new AbortController().signal;

let folder: string;
let tools: FfmpegTools;
let objects: Objects;
let parts: ImageParts;
let plan: Plan;
let pictures: Pictures;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-animation-"));
  tools = await testTools();
  objects = openFolderObjects(join(folder, "objects"));
  const film = join(folder, "film.mp4");
  await makeFilm(film, { rate: "30", pictures: 200 });
  plan = await storeAndPlan(objects, film);
  const found = await sourcePictures(objects, {
    plan,
    source: await openSource(objects, TEST_ASSET, 1),
    layerOf: NO_LAYERS,
  });
  if (found === null) throw new Error("the film has pictures");
  pictures = found;
  parts = { tools, objects, log: createLogger("test", "silent") };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Numbers of the pictures, and how long each is shown. */
async function made(facts: Partial<WantedAnimation>) {
  const range = { startSeconds: 1, endSeconds: 2, widthPx: 320, heightPx: null, fps: 15 };
  const wanted = { kind: "animation", ...TEST_ASSET, planId: plan.planId, format: "gif", ...range, ...facts } as const;
  const bytes = await makeAnimation(parts, { plan }, pictures, wanted, never);
  const {
    format,
    pages = 1,
    delay = [],
    width,
    pageHeight = 0,
    loop,
  } = await sharp(bytes, { animated: true }).metadata();
  const numbers: number[] = [];
  for (let page = 0; page < pages; page += 1) {
    const { data, info } = await sharp(bytes, { page })
      .flatten()
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    numbers.push(readNumber(data, info.width, info.height));
  }
  return { format, size: [width, pageHeight], numbers, delay, loop };
}

describe("makeAnimation", () => {
  it.each(["gif", "webp"] as const)("shows as %s what is on screen at each moment, for ever", async (format) => {
    const { numbers, delay, ...rest } = await made({ format });
    expect(rest).toEqual({ format, size: [320, 180], loop: 0 });
    expect(numbers).toEqual(Array.from({ length: 15 }, (_, n) => 30 + 2 * n));
    expect(delay.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(1_000, -2);
  });

  it("takes the picture on screen between two, and any rate", async () => {
    const { numbers } = await made({ startSeconds: 1.05, endSeconds: 1.75, fps: 10 });
    expect(numbers).toEqual([31, 34, 37, 40, 43, 46, 49]);
  });

  it("keeps the last picture where there are no more, and the shape within both bounds", async () => {
    const { numbers, size } = await made({ startSeconds: 6.5, endSeconds: 7, fps: 8, widthPx: 100, heightPx: 100 });
    expect(size).toEqual([100, 56]);
    expect(numbers).toEqual([195, 198, 199, 199]);
  });

  it("shows the same from stored segments of a lower rendition", async () => {
    const maker = testMaker(objects, tools);
    const ref = { ...TEST_ASSET, planId: plan.planId, rendition: "270p" };
    const [top] = plan.video;
    for (const segment of top === undefined ? [] : segmentsOf(plan, top))
      await maker.make({ kind: "segment", ...ref, segment }, "prefetch", never);
    await maker.close();
    const source = pictures;
    pictures = { ...source, read: () => Promise.reject(new Error("the source is read")) };
    try {
      const { numbers, size } = await made({ startSeconds: 1.5, endSeconds: 4.5, fps: 5 });
      expect(size).toEqual([320, 180]);
      expect(numbers).toEqual(Array.from({ length: 15 }, (_, n) => 45 + 6 * n));
      await expect(made({ startSeconds: 1.5, endSeconds: 4.5, widthPx: 600 })).rejects.toThrow("the source is read");
    } finally {
      pictures = source;
    }
  });
});
