import type { PlanRef } from "../../domain/media/object-keys.ts";
import { type Plan, planSeconds } from "../../domain/media/plan.ts";
import type { ImageFormat, WantedImage } from "../../domain/media/transcoder-wire.ts";
import type { ThumbnailParams } from "./thumbnail-params.ts";

/** What to ask a transcoder for: the middle unless a time is given, and no time outside the asset. */
export function wantedImage(
  { environment, assetId, planId }: PlanRef,
  plan: Plan,
  format: ImageFormat,
  { timeSeconds, ...transform }: ThumbnailParams,
): WantedImage {
  const endSeconds = planSeconds(plan);
  const at = timeSeconds === null ? endSeconds / 2 : Math.min(timeSeconds, endSeconds);
  return { kind: "image", environment, assetId, planId, format, timeSeconds: at, ...transform };
}
