import type { PlanRef } from "./object-keys.ts";
import type { WantedAnimation, WantedStoryboard } from "./transcoder-wire.ts";

/** Prefix of the images that are stored for a plan; no rendition has this name. */
export function imagePrefix({ environment, assetId, planId }: PlanRef): string {
  return `${environment}/${assetId}/${planId}/images/`;
}

/** Where a storyboard or an animated image is, once it is made. */
export function imageKey(wanted: WantedAnimation | WantedStoryboard): string {
  const range = [wanted.startSeconds, wanted.endSeconds].map((seconds) => Math.round(seconds * 1_000)).join("-");
  if (wanted.kind === "storyboard") return `${imagePrefix(wanted)}storyboard-${range}.${wanted.format}`;
  const { widthPx, heightPx, fps, format } = wanted;
  return `${imagePrefix(wanted)}animated-${range}-${widthPx ?? ""}x${heightPx ?? ""}-${fps}.${format}`;
}
