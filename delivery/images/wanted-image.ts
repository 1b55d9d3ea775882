import type { PlanRef } from "../../domain/media/object-keys.ts";
import { type Plan, planSeconds } from "../../domain/media/plan.ts";
import type { ImageFormat, WantedImage } from "../../domain/media/transcoder-wire.ts";
import type { ThumbnailParams } from "./thumbnail-params.ts";

/**
 * What to ask a transcoder for, at no time outside the asset.
 *
 * @param usualSeconds where no time is given; null: the middle
 */
export function wantedImage(
  { environment, assetId, planId }: PlanRef,
  plan: Plan,
  format: ImageFormat,
  { timeSeconds, ...transform }: ThumbnailParams,
  usualSeconds: number | null,
): WantedImage {
  const endSeconds = planSeconds(plan);
  const at = Math.min(timeSeconds ?? usualSeconds ?? endSeconds / 2, endSeconds);
  return { kind: "image", environment, assetId, planId, format, timeSeconds: at, ...transform };
}
