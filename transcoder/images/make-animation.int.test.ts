import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../domain/media/plan.ts";
import type { WantedAnimation } from "../../domain/media/transcoder-wire.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { openSource } from "../source/open-source.ts";
import { makeFilm, readNumber } from "../testing/barcode-film.ts";
import { storeAndPlan, TEST_ASSET } from "../testing/made-asset.ts";
import { testTools } from "../testing/test-maker.ts";
import { makeAnimation } from "./make-animation.ts";
import { type Pictures, sourcePictures } from "./pictures.ts";

const never = new AbortController().signal;

let folder: string;
let tools: FfmpegTools;
let plan: Plan;
let pictures: Pictures;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-animation-"));
  tools = await testTools();
  const objects = openFolderObjects(join(folder, "objects"));
  const film = join(folder, "film.mp4");
  await makeFilm(film, { rate: "30", pictures: 200 });
  plan = await storeAndPlan(objects, film);
  const source = await openSource(objects, TEST_ASSET, 1);
  if (source.picture === null) throw new Error("the film has pictures");
  pictures = sourcePictures(objects, source.key, source.picture);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Numbers of the pictures, and how long each is shown. */
async function made(facts: Partial<WantedAnimation>) {
  const range = { startSeconds: 1, endSeconds: 2, widthPx: 320, heightPx: null, fps: 15 };
  const wanted = { kind: "animation", ...TEST_ASSET, planId: plan.planId, format: "gif", ...range, ...facts } as const;
  const [top] = plan.video;
  if (top === undefined) throw new Error("the plan has pictures");
  const bytes = await makeAnimation(tools, pictures, top, wanted, never);
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
});
