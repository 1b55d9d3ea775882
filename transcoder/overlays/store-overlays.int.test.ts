import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { overlayInputOf } from "../../domain/asset/overlay-input.ts";
import { overlayImageKey, sentOverlayKey } from "../../domain/media/object-keys.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { TEST_ASSET } from "../testing/made-asset.ts";
import { testTools } from "../testing/test-maker.ts";
import { twoColours } from "../testing/two-colours.ts";
import { storeOverlays, storeTestMark } from "./store-overlays.ts";

const never = new AbortController().signal;
const PICTURE = { widthPx: 1_920, heightPx: 1_080 };

let folder: string;
let tools: FfmpegTools;
let objects: Objects;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-images-"));
  tools = await testTools();
  objects = openFolderObjects(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function store(image: Buffer, overlay_settings: Record<string, string> = {}) {
  const input = overlayInputOf({ url: "https://example.com/logo.png", overlay_settings }, 1);
  await objects.put(sentOverlayKey(TEST_ASSET, 1), image);
  const [stored] = await storeOverlays({ objects, tools }, TEST_ASSET, [input], PICTURE, never);
  if (stored === undefined) throw new Error("nothing was stored");
  return stored;
}

/** Red, green, blue and alpha of what was stored, 3 pixels from the left and from the right. */
async function coloursOf(image: string): Promise<number[][]> {
  const found = await objects.read(overlayImageKey(TEST_ASSET, image));
  if (found === null) throw new Error("it is not stored");
  const { data, info } = await sharp(await buffer(found.body))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([40, 20, 4]);
  return [3, 36].map((x) => Array.from(data.subarray((10 * 40 + x) * 4, (10 * 40 + x + 1) * 4)));
}

const RED = [255, 0, 0, 255];
const BLUE = [0, 0, 255, 128];
const OPAQUE_BLUE = [0, 0, 128, 255]; // on black

describe("an image that is sent", () => {
  const small = () => twoColours(40, 20);

  it.each([
    ["PNG", () => small().png().toBuffer(), [RED, BLUE]],
    ["JPEG", () => small().flatten().jpeg({ quality: 100 }).toBuffer(), [RED, OPAQUE_BLUE]],
    ["lossy WebP", () => small().webp({ quality: 100 }).toBuffer(), [RED, BLUE]],
    ["lossless WebP", () => small().webp({ lossless: true }).toBuffer(), [RED, BLUE]],
    ["PNG of 16 bits", () => small().toColourspace("rgb16").png().toBuffer(), [RED, BLUE]],
  ])("may be a %s, and keeps its colours", async (_, image, wanted) => {
    const stored = await store(await image());
    expect(stored).toMatchObject({ image: expect.stringMatching(/^[0-9a-f]{32}$/), widthPx: 40, heightPx: 20 });
    for (const [at, found] of (await coloursOf(stored.image)).entries())
      for (const [channel, value] of found.entries())
        expect(Math.abs(value - (wanted[at]?.[channel] ?? -99)), `${found}`).toBeLessThan(4);
  });

  it("is stored once under what it is, however often", async () => {
    const image = await small().png().toBuffer();
    expect((await store(image)).image).toBe((await store(image)).image);
    expect((await store(image)).image).not.toBe((await store(await small().negate().png().toBuffer())).image);
  });

  it.each([
    ["no image", async () => Buffer.from("<html>"), "The overlay is no image that we know."],
    ["cut off", async () => (await twoColours().png().toBuffer()).subarray(0, 100), "The overlay is damaged"],
    ["a moving one", movingImage, "The overlay is a moving image."],
    ["too large", () => twoColours(4_097, 10).png().toBuffer(), "4097 × 10 is too large"],
    ["of no size", () => sizeless(), "The overlay is damaged"],
  ])("is refused by its place and with words where it is %s", async (_, image, words) => {
    const refused = await store(await image()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ type: "invalid_input", message: expect.stringContaining(words) });
    expect(refused).toMatchObject({ message: expect.stringMatching(/^inputs\[1\]: /) });
  });

  it("is refused where its shape and one side make it gigantic", async () => {
    const wide = await twoColours(400, 10).png().toBuffer();
    expect(await store(wide, { height: "80%" })).toMatchObject({ widthPx: 400 }); // 34,560 of 1,920
    const refused = await store(wide, { height: "100%" }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ type: "invalid_input", message: expect.stringContaining("20 times as wide") });
  });

  it("may be as large as 4096 × 4096", async () => {
    const large = sharp({ create: { width: 4_096, height: 4_096, channels: 3, background: "red" } });
    expect(await store(await large.png().toBuffer())).toMatchObject({ widthPx: 4_096, heightPx: 4_096 });
  });

  async function movingImage(): Promise<Buffer> {
    const pages = await Promise.all([small().png().toBuffer(), small().negate().png().toBuffer()]);
    return sharp(pages, { join: { animated: true } })
      .webp()
      .toBuffer();
  }

  async function sizeless(): Promise<Buffer> {
    const bytes = await small().png().toBuffer();
    bytes.writeUInt32BE(0, 16);
    return bytes;
  }
});

describe("the mark of tests", () => {
  it("is there, and is read like any other image", async () => {
    const mark = await storeTestMark({ objects, tools }, TEST_ASSET, never);
    expect(mark.widthPx).toBeGreaterThan(mark.heightPx);
    expect(await objects.head(overlayImageKey(TEST_ASSET, mark.image))).not.toBeNull();
  });
});
