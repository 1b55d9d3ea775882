import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIT_MODES, type ImageTransform, imageFilters, imageShape, ROTATIONS } from "./image-shape.ts";

const HD = { widthPx: 1920, heightPx: 1080 };

function transform(change: Partial<ImageTransform>): ImageTransform {
  return {
    widthPx: null,
    heightPx: null,
    fitMode: "preserve",
    rotateDegrees: 0,
    flipH: false,
    flipV: false,
    ...change,
  };
}

describe("imageShape", () => {
  it.each([
    [{}, [1920, 1080]],
    [{ widthPx: 100, heightPx: 100 }, [100, 56]],
    [{ widthPx: 16, heightPx: 16 }, [16, 9]],
    [{ widthPx: 4_000 }, [1920, 1080]],
    [{ rotateDegrees: 90 as const }, [1080, 1920]],
    [{ rotateDegrees: 270 as const, widthPx: 108 }, [108, 192]],
    [{ fitMode: "stretch" as const, widthPx: 100, heightPx: 300 }, [100, 300]],
    [{ fitMode: "crop" as const, widthPx: 300, heightPx: 300 }, [300, 300]],
    [{ fitMode: "smartcrop" as const, widthPx: 3_000, heightPx: 3_000 }, [3_000, 3_000]],
    [{ fitMode: "pad" as const, widthPx: 300, heightPx: 300 }, [300, 300]],
  ])("makes of 1920 × 1080 by %j an image of %j", (change, [widthPx, heightPx]) => {
    expect(imageShape(HD, transform(change)).image).toEqual({ widthPx, heightPx });
  });

  it("cuts the middle before it turns, and pads what is left", () => {
    const square = { widthPx: 300, heightPx: 150 };
    const cropped = imageShape(HD, transform({ fitMode: "crop", rotateDegrees: 90, ...square }));
    expect(cropped).toMatchObject({ cut: { widthPx: 540, heightPx: 1080 }, scaled: square, smart: null });
    const padded = imageShape(HD, transform({ fitMode: "pad", widthPx: 300, heightPx: 300 }));
    expect(padded).toMatchObject({ cut: null, scaled: { widthPx: 300, heightPx: 169 } });
  });

  it("never works on more than the larger of picture and image, whatever their shapes", () => {
    const side = fc.integer({ min: 1, max: 4_096 });
    const size = fc.record({ widthPx: side, heightPx: side });
    const modes = fc.constantFrom(...FIT_MODES);
    fc.assert(
      fc.property(size, size, modes, fc.constantFrom(...ROTATIONS), (picture, wanted, fitMode, rotateDegrees) => {
        const { cut, scaled, smart, image } = imageShape(picture, transform({ ...wanted, fitMode, rotateDegrees }));
        if (fitMode !== "preserve") expect(image).toEqual(wanted);
        const most = Math.max(picture.widthPx * picture.heightPx, image.widthPx * image.heightPx);
        for (const step of [cut, scaled, smart, image]) {
          if (step === null) continue;
          expect(Math.min(step.widthPx, step.heightPx)).toBeGreaterThanOrEqual(1);
          expect(step.widthPx * step.heightPx).toBeLessThanOrEqual(most);
        }
        if (smart !== null) {
          expect(smart.widthPx).toBeLessThanOrEqual(scaled.widthPx);
          expect(smart.heightPx).toBeLessThanOrEqual(scaled.heightPx);
        }
        if (cut !== null) {
          expect(cut.widthPx).toBeLessThanOrEqual(picture.widthPx);
          expect(cut.heightPx).toBeLessThanOrEqual(picture.heightPx);
        }
        if (fitMode === "pad") {
          expect(scaled.widthPx).toBeLessThanOrEqual(image.widthPx);
          expect(scaled.heightPx).toBeLessThanOrEqual(image.heightPx);
        }
      }),
    );
  });
});

describe("imageFilters", () => {
  it("turns, pads, and flips last", () => {
    const wanted = transform({ fitMode: "pad", widthPx: 90, heightPx: 90, rotateDegrees: 90, flipV: true });
    const names = imageFilters(imageShape(HD, wanted), wanted, []).map((filter) => filter.split("=")[0]);
    expect(names).toEqual(["scale", "setsar", "format", "transpose", "pad", "vflip"]);
  });

  it("makes brightness ordinary when nothing but the image's pixels is left", () => {
    const wanted = transform({ fitMode: "crop", widthPx: 90, heightPx: 90, rotateDegrees: 90 });
    const names = imageFilters(imageShape(HD, wanted), wanted, ["tonemap"]).map((filter) => filter.split("=")[0]);
    expect(names).toEqual(["crop", "scale", "tonemap", "setsar", "format", "transpose"]);
  });
});
