import type { ColourMatrix } from "../../domain/media/colour-matrix.ts";
import type { Size } from "../../domain/media/image-shape.ts";
import { type PlanRef, planKey } from "../../domain/media/object-keys.ts";
import type { BurntLayer } from "../../domain/media/overlay-filters.ts";
import { type OverlayLayout, overlayLayout } from "../../domain/media/overlay-placement.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { Lru } from "../../platform/memory/lru.ts";
import { SharedCalls } from "../../platform/memory/shared-calls.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { composeLayer } from "./compose-layer.ts";

/** What a plan burns into pictures of one size, and the file for `FfmpegRun.placed`. */
export interface PlacedLayer extends BurntLayer {
  png: Buffer;
}

/** What is burnt into pictures of a size; null where nothing is. */
export type LayerOf = (size: Size) => Promise<PlacedLayer | null>;

/** Of a plan without overlays. */
export const NO_LAYERS: LayerOf = async () => null;

/** A few hundred kB each, one for each rendition of a film that is watched. */
const MAX_BYTES = 64 * 1024 * 1024;
/** It takes some tens of milliseconds: it is finished even when nobody waits any more. */
const NEVER = new AbortController().signal;

/** Layers in use, by plan and size. Made when first wanted; the same each time. */
export class OverlayLayers {
  readonly #objects: Objects;
  readonly #kept = new Lru<PlacedLayer>({ maxWeight: MAX_BYTES, weigh: ({ png }) => png.length });
  readonly #making = new SharedCalls<PlacedLayer>();

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  of(ref: PlanRef, { overlays }: Pick<Plan, "overlays">): LayerOf {
    if (overlays === undefined) return NO_LAYERS;
    return async (size) => {
      const layout = overlayLayout(overlays.images, size);
      if (layout === null) return null;
      const key = `${planKey(ref)}/${size.widthPx}x${size.heightPx}`;
      const make = () => this.#make(key, ref, layout, overlays.colourMatrix);
      return this.#kept.get(key) ?? (await this.#making.join(key, NEVER, make));
    };
  }

  async #make(key: string, ref: PlanRef, layout: OverlayLayout, colourMatrix: ColourMatrix): Promise<PlacedLayer> {
    const png = await composeLayer(this.#objects, ref, layout);
    const { widthPx, heightPx, leftPx, topPx } = layout;
    const layer = { png, file: `overlay-${widthPx}x${heightPx}-${leftPx}-${topPx}.png`, leftPx, topPx, colourMatrix };
    this.#kept.set(key, layer);
    return layer;
  }
}

/** What ffmpeg has to find in its folder for these layers; undefined where that is nothing. */
export function placedFiles(layers: readonly (PlacedLayer | null)[]): Record<string, Uint8Array> | undefined {
  const files = layers.flatMap((layer) => (layer === null ? [] : [[layer.file, layer.png] as const]));
  return files.length === 0 ? undefined : Object.fromEntries(files);
}
