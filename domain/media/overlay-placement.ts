import type { Size } from "./image-shape.ts";

/** A length of an overlay: a share of the picture's side, or pixels of the {@link measuredSize}. */
export interface OverlayLength {
  unit: "ratio" | "px";
  value: number;
}

export const VERTICAL_ALIGNS = ["top", "middle", "bottom"] as const;
export const HORIZONTAL_ALIGNS = ["left", "center", "right"] as const;

/** How an image is to lie on a picture of any size. */
export interface OverlayPlacement {
  verticalAlign: (typeof VERTICAL_ALIGNS)[number];
  horizontalAlign: (typeof HORIZONTAL_ALIGNS)[number];
  /** From the edge that it is aligned to inwards; from the middle down or to the right. May be negative. */
  verticalMargin: OverlayLength;
  horizontalMargin: OverlayLength;
  /** Null: after the other one, in the image's shape; both null: the image's own pixels. */
  width: OverlayLength | null;
  height: OverlayLength | null;
  /** 0..1 */
  opacityRatio: number;
}

/** Where an image lies, in shares of the picture's width and height. May reach over its edges. */
export interface OverlayBox {
  leftRatio: number;
  topRatio: number;
  widthRatio: number;
  heightRatio: number;
}

/** An image that a plan burns in, over those before it. */
export interface PlannedOverlay extends OverlayBox {
  /** Names the stored image (`overlayImageKey`). */
  image: string;
  opacityRatio: number;
}

const LONG_SIDE_PX = 1_920;
const SHORT_SIDE_PX = 1_080;

/** Size at which pixels of overlays are measured: the picture scaled to fit 1920 × 1080, or 1080 × 1920 where it stands upright. */
export function measuredSize({ widthPx, heightPx }: Size): Size {
  const isUpright = heightPx > widthPx;
  const [mostWide, mostHigh] = isUpright ? [SHORT_SIDE_PX, LONG_SIDE_PX] : [LONG_SIDE_PX, SHORT_SIDE_PX];
  const scale = Math.min(mostWide / widthPx, mostHigh / heightPx);
  return { widthPx: widthPx * scale, heightPx: heightPx * scale };
}

/** Where an image of that size lies on a picture (reference video-api.md §3.1 `overlay_settings`). */
export function overlayBox(picture: Size, image: Size, placement: OverlayPlacement): OverlayBox {
  const measured = measuredSize(picture);
  const shape = image.widthPx / image.heightPx;
  const given = {
    widthPx: placement.width && pixels(placement.width, measured.widthPx),
    heightPx: placement.height && pixels(placement.height, measured.heightPx),
  };
  const widthPx = given.widthPx ?? (given.heightPx === null ? image.widthPx : given.heightPx * shape);
  const heightPx = given.heightPx ?? (given.widthPx === null ? image.heightPx : given.widthPx / shape);
  const across = pixels(placement.horizontalMargin, measured.widthPx);
  const down = pixels(placement.verticalMargin, measured.heightPx);
  return {
    leftRatio: begin(SIDES[placement.horizontalAlign], measured.widthPx, widthPx, across) / measured.widthPx,
    topRatio: begin(SIDES[placement.verticalAlign], measured.heightPx, heightPx, down) / measured.heightPx,
    widthRatio: widthPx / measured.widthPx,
    heightRatio: heightPx / measured.heightPx,
  };
}

const SIDES = {
  left: "first",
  top: "first",
  center: "middle",
  middle: "middle",
  right: "last",
  bottom: "last",
} as const;

function begin(side: "first" | "middle" | "last", wholePx: number, ownPx: number, marginPx: number): number {
  if (side === "first") return marginPx;
  return side === "last" ? wholePx - ownPx - marginPx : (wholePx - ownPx) / 2 + marginPx;
}

function pixels({ unit, value }: OverlayLength, sidePx: number): number {
  return unit === "px" ? value : value * sidePx;
}

/** All overlays on a picture of one size as one transparent image, no larger than it has to be. */
export interface OverlayLayout extends Size {
  /** Its place on the picture; even, since two pixels share a colour. */
  leftPx: number;
  topPx: number;
  /** In order: later ones lie above. */
  parts: readonly OverlayPart[];
}

export interface OverlayPart {
  image: string;
  opacityRatio: number;
  /** The image is scaled to this size, of which a part is seen. */
  scaled: Size;
  cut: { leftPx: number; topPx: number };
  seen: Size;
  /** Place of what is seen on the layout. */
  leftPx: number;
  topPx: number;
}

/** Null where nothing of any overlay is seen. Places and sizes are even, so that edges keep their colour. */
export function overlayLayout(overlays: readonly PlannedOverlay[], picture: Size): OverlayLayout | null {
  const seen = overlays.flatMap((overlay) => seenPart(overlay, picture) ?? []);
  if (seen.length === 0) return null;
  const leftPx = Math.min(...seen.map((part) => part.leftPx));
  const topPx = Math.min(...seen.map((part) => part.topPx));
  return {
    leftPx,
    topPx,
    widthPx: Math.max(...seen.map((part) => part.leftPx + part.seen.widthPx)) - leftPx,
    heightPx: Math.max(...seen.map((part) => part.topPx + part.seen.heightPx)) - topPx,
    parts: seen.map((part) => ({ ...part, leftPx: part.leftPx - leftPx, topPx: part.topPx - topPx })),
  };
}

/** With its place on the picture; null where it lies beside it, or cannot be seen at all. */
function seenPart(overlay: PlannedOverlay, picture: Size): OverlayPart | null {
  const { image, opacityRatio } = overlay;
  const across = seenSide(overlay.leftRatio, overlay.widthRatio, picture.widthPx);
  const down = seenSide(overlay.topRatio, overlay.heightRatio, picture.heightPx);
  if (opacityRatio <= 0 || across.seenPx <= 0 || down.seenPx <= 0) return null;
  return {
    image,
    opacityRatio,
    scaled: { widthPx: across.scaledPx, heightPx: down.scaledPx },
    cut: { leftPx: across.cutPx, topPx: down.cutPx },
    seen: { widthPx: across.seenPx, heightPx: down.seenPx },
    leftPx: across.beginPx,
    topPx: down.beginPx,
  };
}

function seenSide(beginRatio: number, lengthRatio: number, sidePx: number) {
  const scaledPx = Math.max(2, even(lengthRatio * sidePx));
  const wantedPx = even(beginRatio * sidePx);
  const beginPx = Math.max(0, wantedPx);
  return { scaledPx, beginPx, cutPx: beginPx - wantedPx, seenPx: Math.min(sidePx, wantedPx + scaledPx) - beginPx };
}

function even(px: number): number {
  return 2 * Math.round(px / 2);
}
