import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WantedImage } from "../../domain/media/transcoder-wire.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { type PlannedSource, SourceCache } from "../source/source-cache.ts";
import { makeFilm, readNumber } from "../testing/barcode-film.ts";
import { storeAndPlan, TEST_ASSET } from "../testing/made-asset.ts";
import { testTools } from "../testing/test-maker.ts";
import { makeImage } from "./make-image.ts";

const never = new AbortController().signal;

let folder: string;
let tools: FfmpegTools;
let objects: Objects;
let planned: PlannedSource;
let planId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-image-"));
  tools = await testTools();
  objects = openFolderObjects(join(folder, "objects"));
  const film = join(folder, "film.mp4");
  await makeFilm(film, { rate: "30", pictures: 200 });
  ({ planId } = await storeAndPlan(objects, film));
  const found = await new SourceCache(objects).get(TEST_ASSET, planId);
  if (found === null) throw new Error("the plan was stored");
  planned = found;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function wanted(facts: Partial<WantedImage>): WantedImage {
  return {
    kind: "image",
    ...TEST_ASSET,
    planId,
    format: "jpg",
    timeSeconds: 0,
    widthPx: null,
    heightPx: null,
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
    const image = await makeImage(tools, objects, planned, wanted({ timeSeconds }), never);
    const { data, info } = await sharp(image ?? Buffer.alloc(0))
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(readNumber(data, info.width, info.height)).toBe(number);
  });

  it.each(["jpg", "png", "webp"] as const)("gives %s in the picture's shape within the bounds", async (format) => {
    const image = await makeImage(tools, objects, planned, wanted({ format, widthPx: 100, heightPx: 100 }), never);
    const { width, height, format: made } = await sharp(image ?? Buffer.alloc(0)).metadata();
    expect([width, height, made]).toEqual([100, 56, format === "jpg" ? "jpeg" : format]);
  });

  it("is as large as the picture at most, and 16 × 9 when that is wanted", async () => {
    const size = async (facts: Partial<WantedImage>) => {
      const { width, height } = await sharp(
        (await makeImage(tools, objects, planned, wanted(facts), never)) ?? undefined,
      ).metadata();
      return [width, height];
    };
    expect(await size({ widthPx: 4_000 })).toEqual([640, 360]);
    expect(await size({ widthPx: 16, heightPx: 16 })).toEqual([16, 9]);
  });

  it("is nothing for a sound without picture", async () => {
    const sound = { ...planned, source: { ...planned.source, picture: null } };
    expect(await makeImage(tools, objects, sound, wanted({}), never)).toBeNull();
  });
});
