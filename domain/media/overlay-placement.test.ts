import { describe, expect, it } from "vitest";
import {
  measuredSize,
  type OverlayPlacement,
  overlayBox,
  overlayLayout,
  type PlannedOverlay,
} from "./overlay-placement.ts";

const size = (widthPx: number, heightPx: number) => ({ widthPx, heightPx });
const px = (value: number) => ({ unit: "px" as const, value });
const share = (value: number) => ({ unit: "ratio" as const, value });
const LOGO = size(200, 100);

function placed(change: Partial<OverlayPlacement> = {}): OverlayPlacement {
  const margins = { verticalMargin: px(0), horizontalMargin: px(0) };
  return {
    verticalAlign: "top",
    horizontalAlign: "left",
    ...margins,
    width: null,
    height: null,
    opacityRatio: 1,
    ...change,
  };
}

/** Left, top, width and height in pixels of the picture. */
function boxOn(picture: ReturnType<typeof size>, change: Partial<OverlayPlacement>, image = LOGO): number[] {
  const { leftRatio, topRatio, widthRatio, heightRatio } = overlayBox(picture, image, placed(change));
  const across = [leftRatio, widthRatio].map((ratio) => Math.round(ratio * picture.widthPx * 100) / 100);
  const down = [topRatio, heightRatio].map((ratio) => Math.round(ratio * picture.heightPx * 100) / 100);
  return [across[0], down[0], across[1], down[1]].map((value) => value ?? Number.NaN);
}

describe("measuredSize", () => {
  it("fits pictures into 1920 × 1080, upright ones into 1080 × 1920, small ones too", () => {
    expect(measuredSize(size(1280, 720))).toEqual(size(1920, 1080));
    expect(measuredSize(size(720, 1280))).toEqual(size(1080, 1920));
    expect(measuredSize(size(3840, 2160))).toEqual(size(1920, 1080));
    expect(measuredSize(size(640, 480))).toEqual(size(1440, 1080));
    expect(measuredSize(size(500, 500))).toEqual(size(1080, 1080));
  });
});

describe("overlayBox", () => {
  it("measures pixels as if the picture were 1920 × 1080", () => {
    const margins = { horizontalMargin: px(30), verticalMargin: px(60), width: px(300) };
    expect(boxOn(size(1920, 1080), margins)).toEqual([30, 60, 300, 150]);
    expect(boxOn(size(1280, 720), margins)).toEqual([20, 40, 200, 100]);
    expect(boxOn(size(1080, 1920), margins)).toEqual([30, 60, 300, 150]);
  });

  it("takes shares of the side that they lie along", () => {
    const shares = { horizontalMargin: share(0.1), verticalMargin: share(0.1), width: share(0.5), height: share(0.25) };
    expect(boxOn(size(1280, 720), shares)).toEqual([128, 72, 640, 180]);
    expect(boxOn(size(720, 1280), shares)).toEqual([72, 128, 360, 320]);
  });

  it("keeps the image's shape where one side is given, and its pixels where none is", () => {
    expect(boxOn(size(1920, 1080), { height: px(300) }).slice(2)).toEqual([600, 300]);
    expect(boxOn(size(1920, 1080), { width: share(0.1) }).slice(2)).toEqual([192, 96]);
    expect(boxOn(size(960, 540), {}).slice(2)).toEqual([100, 50]);
  });

  it.each([
    ["left", "top", [10, 20]],
    ["center", "middle", [870, 510]],
    ["right", "bottom", [1710, 960]],
  ] as const)("measures margins from %s and %s", (horizontalAlign, verticalAlign, corner) => {
    const align = { horizontalAlign, verticalAlign, horizontalMargin: px(10), verticalMargin: px(20) };
    expect(boxOn(size(1920, 1080), align).slice(0, 2)).toEqual(corner);
  });

  it("lets negative margins reach over the edge", () => {
    const outside = { horizontalAlign: "right" as const, horizontalMargin: px(-50), verticalMargin: px(-10) };
    expect(boxOn(size(1920, 1080), outside).slice(0, 2)).toEqual([1770, -10]);
  });
});

describe("overlayLayout", () => {
  const overlay = (change: Partial<PlannedOverlay> = {}): PlannedOverlay => ({
    ...{ image: "a", leftRatio: 0.1, topRatio: 0.1, widthRatio: 0.2, heightRatio: 0.1, opacityRatio: 1 },
    ...change,
  });

  it("is as large as what is seen, with even places and sizes", () => {
    expect(overlayLayout([overlay()], size(854, 480))).toEqual({
      ...{ leftPx: 86, topPx: 48, widthPx: 170, heightPx: 48 },
      parts: [
        {
          ...{ image: "a", opacityRatio: 1, scaled: size(170, 48), seen: size(170, 48) },
          ...{ cut: { leftPx: 0, topPx: 0 }, leftPx: 0, topPx: 0 },
        },
      ],
    });
  });

  it("cuts off what lies beside the picture", () => {
    const [over, under] = [overlay({ leftRatio: -0.1 }), overlay({ leftRatio: 0.9, topRatio: 0.95 })];
    const layout = overlayLayout([over, under], size(1000, 1000));
    expect(layout?.parts[0]).toMatchObject({
      scaled: size(200, 100),
      cut: { leftPx: 100, topPx: 0 },
      seen: size(100, 100),
    });
    expect(layout?.parts[1]).toMatchObject({
      leftPx: 900,
      topPx: 850,
      cut: { leftPx: 0, topPx: 0 },
      seen: size(100, 50),
    });
    expect(layout).toMatchObject({ leftPx: 0, topPx: 100, widthPx: 1000, heightPx: 900 });
  });

  it("is none where nothing is seen", () => {
    const hidden = [overlay({ leftRatio: 1 }), overlay({ topRatio: -0.2 }), overlay({ opacityRatio: 0 })];
    expect(overlayLayout(hidden, size(1280, 720))).toBeNull();
    expect(overlayLayout([...hidden, overlay()], size(1280, 720))?.parts).toHaveLength(1);
  });
});
