import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Plan, planSeconds } from "../../domain/media/plan.ts";
import { planStoryboard, storyboardTiles } from "../../domain/media/storyboard.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { NO_LAYERS } from "../overlays/overlay-layers.ts";
import { openSource } from "../source/open-source.ts";
import { type FilmSpec, makeFilm, readNumber } from "../testing/barcode-film.ts";
import { storeAndPlan, TEST_ASSET } from "../testing/made-asset.ts";
import { testTools } from "../testing/test-maker.ts";
import { makeStoryboard } from "./make-storyboard.ts";
import { type Pictures, sourcePictures } from "./pictures.ts";

const never = new AbortController().signal;

let folder: string;
let tools: FfmpegTools;
let objects: Objects;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-storyboard-"));
  tools = await testTools();
  objects = openFolderObjects(join(folder, "objects"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function filmed(spec: FilmSpec): Promise<{ plan: Plan; pictures: Pictures }> {
  const film = join(folder, "film.mp4");
  await makeFilm(film, spec);
  const plan = await storeAndPlan(objects, film);
  const pictures = await sourcePictures(objects, {
    plan,
    source: await openSource(objects, TEST_ASSET, 1),
    layerOf: NO_LAYERS,
  });
  if (pictures === null) throw new Error("the film has pictures");
  return { plan, pictures };
}

/** Numbers of the pictures in the tiles. */
async function numbers(
  plan: Plan,
  pictures: Pictures,
  format: "jpg" | "png" | "webp" = "png",
  maxExactPx?: number,
): Promise<number[]> {
  const [top] = plan.video;
  if (top === undefined) throw new Error("the plan has pictures");
  const stretch = { startSeconds: 0, endSeconds: planSeconds(plan) };
  const ref = { ...TEST_ASSET, planId: plan.planId };
  const wanted = { kind: "storyboard", ...ref, format, ...stretch } as const;
  const image = await makeStoryboard(tools, pictures, top, wanted, never, maxExactPx);
  const storyboard = planStoryboard(top, stretch);
  const { widthPx: width, heightPx: height } = storyboard.tile;
  const whole = await sharp(image).metadata();
  expect([whole.width, whole.height]).toEqual([width * storyboard.columns, height * storyboard.rows]);
  expect(whole.format).toBe(format === "jpg" ? "jpeg" : format);
  const tiles = storyboardTiles(storyboard).map(async ({ xPx: left, yPx: top }) => {
    const tile = sharp(image).extract({ left, top, width, height }).greyscale().raw();
    return readNumber(await tile.toBuffer(), width, height);
  });
  return Promise.all(tiles);
}

describe("makeStoryboard", () => {
  it.each(["jpg", "png", "webp"] as const)(
    "shows of a short film what is on screen at each time, as %s",
    async (format) => {
      const { plan, pictures } = await filmed({ rate: "25", pictures: 130 });
      const expected = Array.from({ length: 50 }, (_, n) => Math.floor((n * 130) / 50));
      expect(await numbers(plan, pictures, format)).toEqual(expected);
    },
  );

  it("repeats pictures of a film that has fewer, and keeps the last one where the sound goes on", async () => {
    const { plan, pictures } = await filmed({ rate: "25", pictures: 10 });
    const longer = { ...plan, boundaries: [...plan.boundaries.slice(0, -1), plan.pictureEnd * 2] };
    const expected = Array.from({ length: 50 }, (_, n) => Math.min(9, Math.floor((n * 20) / 50)));
    expect(await numbers(longer, pictures)).toEqual(expected);
  });

  const groups: [string, readonly string[]][] = [
    ["closed groups", ["-g", "5", "-bf", "2", "-sc_threshold", "0"]],
    ["open groups", ["-x264-params", "open-gop=1:keyint=5:min-keyint=5:bframes=2:scenecut=0"]],
  ];
  it.each(groups)("shows of a film that is long to decode sync samples near the times: %s", async (_, options) => {
    const output = ["-c:v", "libx264", "-preset", "superfast", ...options];
    const { plan, pictures } = await filmed({ rate: "25", pictures: 500, output });
    const seen = await numbers(plan, pictures, "png", 0);
    for (const [n, number] of seen.entries()) expect(Math.abs(number - n * 10)).toBeLessThanOrEqual(3);
  });
});
