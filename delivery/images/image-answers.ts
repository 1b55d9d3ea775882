import { type Plan, planSeconds } from "../../domain/media/plan.ts";
import { planStoryboard, storyboardJson, storyboardVtt } from "../../domain/media/storyboard.ts";
import { ANIMATION_FORMATS, IMAGE_FORMATS, type WantedPicture } from "../../domain/media/transcoder-wire.ts";
import type { Playable } from "../access.ts";
import { PlaybackError } from "../playback-error.ts";
import type { Route } from "../route.ts";
import type { VerifiedObject } from "../segments/verified-object.ts";
import { readAnimationParams } from "./animation-params.ts";
import type { ParamSource } from "./image-params.ts";
import type { Images } from "./images.ts";
import { readStoryboardParams, STRETCH_PARAMS } from "./storyboard-params.ts";
import { readThumbnailParams } from "./thumbnail-params.ts";
import { wantedImage } from "./wanted-image.ts";

export type ImageRoute = Extract<Route, { kind: "thumbnail" | "animated" | "storyboard" | "storyboard_index" }>;
type PictureRoute = Exclude<ImageRoute, { kind: "storyboard_index" }>;

const CONTENT_TYPES = { ...IMAGE_FORMATS, ...ANIMATION_FORMATS };

export async function imageAnswer(
  images: Images,
  route: PictureRoute,
  { facts, plan, params }: { facts: Playable; plan: Plan; params: ParamSource },
  signal: AbortSignal,
): Promise<VerifiedObject & { contentType: string }> {
  requirePicture(plan);
  const image = await images.get(wantedPicture(route, facts, plan, params), signal);
  return { ...image, contentType: CONTENT_TYPES[route.format] };
}

function wantedPicture(route: PictureRoute, facts: Playable, plan: Plan, params: ParamSource): WantedPicture {
  const { environment, assetId, planId } = facts;
  const ref = { environment, assetId, planId };
  if (route.kind === "thumbnail") {
    return wantedImage(ref, plan, route.format, readThumbnailParams(params), facts.thumbnailSeconds);
  }
  if (route.kind === "animated") {
    return { kind: "animation", ...ref, format: route.format, ...readAnimationParams(params, planSeconds(plan)) };
  }
  const { startSeconds, endSeconds } = readStoryboardParams(params, planSeconds(plan));
  return { kind: "storyboard", ...ref, format: route.format, startSeconds, endSeconds };
}

/**
 * Times and places of a storyboard's pictures.
 *
 * @param imageOrigin where players fetch the image, which VTT names by its absolute URL
 * @param token with which that URL is opened; null where it needs none
 */
export function storyboardText(
  route: Extract<Route, { kind: "storyboard_index" }>,
  { plan, params, imageOrigin, token }: { plan: Plan; params: ParamSource; imageOrigin: string; token: string | null },
): { text: string; contentType: string } {
  const top = requirePicture(plan);
  const { format, ...stretch } = readStoryboardParams(params, planSeconds(plan));
  const url = new URL(`/${route.playbackId}/storyboard.${format}`, imageOrigin);
  // under a token no other parameter may stand: it has them inside
  if (token !== null) url.searchParams.set("token", token);
  else for (const name of STRETCH_PARAMS) if (params.has(name)) url.searchParams.set(name, params.get(name) ?? "");
  const storyboard = planStoryboard(top, stretch);
  if (route.format === "json") return { text: storyboardJson(storyboard, url.href), contentType: "application/json" };
  return { text: storyboardVtt(storyboard, url.href), contentType: "text/vtt" };
}

function requirePicture({ video: [top] }: Plan) {
  if (top === undefined) throw new PlaybackError("not_found", ["The asset has no picture"]);
  return top;
}
