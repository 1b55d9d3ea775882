import { Readable } from "node:stream";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { overlayImageKey } from "../../domain/media/object-keys.ts";
import { overlayLayout, type PlannedOverlay } from "../../domain/media/overlay-placement.ts";
import { ObjectMissingError, type Objects } from "../../platform/objects/objects.ts";
import { composeLayer } from "./compose-layer.ts";
import { OverlayLayers, placedFiles } from "./overlay-layers.ts";

const REF = { environment: "abc123", assetId: "A".repeat(44), planId: "0".repeat(16) };
const PICTURE = { widthPx: 1_000, heightPx: 500 };
const COLOURS = { red: { r: 255, g: 0, b: 0 }, lime: { r: 0, g: 255, b: 0 } };

/** A store of one image of each colour, 50 × 50; counts its reads. */
async function storeOf(): Promise<{ objects: Objects; reads: () => number }> {
  const stored = new Map<string, Buffer>();
  for (const [image, background] of Object.entries(COLOURS)) {
    const drawn = sharp({ create: { width: 50, height: 50, channels: 3, background } });
    stored.set(overlayImageKey(REF, image), await drawn.png().toBuffer());
  }
  let reads = 0;
  const objects: Pick<Objects, "read"> = {
    read: async (key) => {
      reads += 1;
      const bytes = stored.get(key);
      return bytes === undefined ? null : { info: { key, sizeBytes: 0, sha256: "" }, body: Readable.from([bytes]) };
    },
  };
  return { objects: objects as Objects, reads: () => reads };
}

const overlay = (image: string, change: Partial<PlannedOverlay> = {}): PlannedOverlay => ({
  ...{ image, leftRatio: 0.1, topRatio: 0.2, widthRatio: 0.2, heightRatio: 0.2, opacityRatio: 1, ...change },
});

async function layerOf(overlays: readonly PlannedOverlay[]) {
  const layout = overlayLayout(overlays, PICTURE);
  if (layout === null) throw new Error("nothing is seen");
  const { objects } = await storeOf();
  const { data, info } = await sharp(await composeLayer(objects, REF, layout))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([layout.widthPx, layout.heightPx, 4]);
  /** Red, green, blue and alpha at a place of the picture. */
  return (x: number, y: number) => {
    const at = ((y - layout.topPx) * info.width + x - layout.leftPx) * 4;
    return Array.from(data.subarray(at, at + 4));
  };
}

describe("composeLayer", () => {
  it("draws each image at its place and as opaque as asked", async () => {
    const at = await layerOf([overlay("red", { opacityRatio: 0.5 }), overlay("lime", { leftRatio: 0.5 })]);
    expect(at(100, 100)).toEqual([255, 0, 0, 128]);
    expect(at(299, 199)).toEqual([255, 0, 0, 128]);
    expect(at(300, 150)).toEqual([0, 0, 0, 0]);
    expect(at(500, 100)).toEqual([0, 255, 0, 255]);
  });

  it("draws later ones above, through which earlier ones shine", async () => {
    const at = await layerOf([overlay("red"), overlay("lime", { leftRatio: 0.2, opacityRatio: 0.5 })]);
    expect(at(150, 150)).toEqual([255, 0, 0, 255]);
    const [red = 0, green = 0, blue, alpha] = at(250, 150);
    expect([blue, alpha]).toEqual([0, 255]);
    expect(Math.abs(red - 127.5) + Math.abs(green - 127.5)).toBeLessThan(4);
    expect(at(350, 150)).toEqual([0, 255, 0, 128]);
  });

  it("leaves out what lies over the edge", async () => {
    const at = await layerOf([overlay("red", { leftRatio: -0.1, topRatio: 0.9 })]);
    expect(at(0, 450)).toEqual([255, 0, 0, 255]);
    expect(at(99, 499)).toEqual([255, 0, 0, 255]);
  });

  it("makes nothing of an image that is gone", async () => {
    await expect(layerOf([overlay("none")])).rejects.toThrow(ObjectMissingError);
  });
});

describe("OverlayLayers", () => {
  const plan = { overlays: { colourMatrix: "bt601" as const, images: [overlay("red")] } };

  it("makes a layer of each size once, and none where there are no overlays", async () => {
    const { objects, reads } = await storeOf();
    const layers = new OverlayLayers(objects);
    const layerOfSize = layers.of(REF, plan);
    const [one, same] = await Promise.all([layerOfSize(PICTURE), layerOfSize(PICTURE)]);
    expect(one).toMatchObject({ leftPx: 100, topPx: 100, colourMatrix: "bt601" });
    expect(same).toBe(one);
    expect(await layers.of(REF, plan)(PICTURE)).toBe(one);
    const small = await layerOfSize({ widthPx: 500, heightPx: 250 });
    expect(small).toMatchObject({ leftPx: 50, topPx: 50 });
    expect(reads()).toBe(2);
    expect(await layers.of({ ...REF, planId: "1".repeat(16) }, {})(PICTURE)).toBeNull();
    expect(Object.keys(placedFiles([one ?? null, null, small ?? null]) ?? {})).toHaveLength(2);
    expect(placedFiles([null])).toBeUndefined();
  });
});
