import {
  type AudioRendition,
  findRendition,
  type Plan,
  segmentSpan,
  type VideoRendition,
} from "../../domain/media/plan.ts";
import { findPlayable } from "../../domain/media/trick-rendition.ts";
import { countedSegment } from "../../domain/usage/delivered-segment.ts";
import type { DeliveredSegment } from "../../domain/usage/delivery-record.ts";
import type { Answer, Question } from "../answers.ts";
import { cacheControl, FOR_EVER } from "../cache-control.ts";
import { type FindPlanOfChild, noSuchRendition, type PlanOfChild } from "../children.ts";
import { PlaybackError } from "../playback-error.ts";
import { isInClip } from "../playlists/granted-clip.ts";
import { mediaType, type Route } from "../route.ts";
import type { GrantedClip } from "../tokens/grants.ts";
import type { MediaObjects } from "./media-objects.ts";

type MediaRoute = Extract<Route, { kind: "init" | "segment" }>;
type SegmentRoute = Extract<Route, { kind: "segment" }>;

export interface MediaAnswersDeps {
  planOf: FindPlanOfChild;
  media: MediaObjects;
  /** Unix milliseconds. */
  nowMs: () => number;
}

interface Child extends PlanOfChild {
  rendition: VideoRendition | AudioRendition;
}

/** Answers for inits and segments. */
export function createMediaAnswers({ planOf, media, nowMs }: MediaAnswersDeps) {
  return async (route: MediaRoute, { visitor }: Question, signal: AbortSignal): Promise<Answer> => {
    const { opened, plan } = await planOf(route, visitor);
    const rendition = findPlayable(plan, route.rendition);
    if (rendition === null) throw noSuchRendition();
    const child = { opened, plan, rendition };
    if (route.kind === "segment") checkSegment(child, route.segment);
    const { environment, assetId } = opened.facts;
    const wanted = { environment, assetId, planId: plan.planId, rendition: rendition.name };
    const object = await media.get(
      route.kind === "init" ? { ...wanted, kind: "init" } : { ...wanted, kind: "segment", segment: route.segment },
      signal,
    );
    return {
      ...object,
      contentType: mediaType(rendition.name),
      cacheControl: cacheControl(opened.caching, FOR_EVER, nowMs()),
      delivered: route.kind === "segment" ? deliveredBy(route, child) : null,
    };
  };
}

function checkSegment({ opened, plan, rendition }: Child, segment: number): void {
  if (segmentSpan(plan, rendition, segment) === null) {
    throw new PlaybackError("not_found", ["The rendition has no such segment"]);
  }
  requireInClip(plan, segment, opened.clip);
}

export function requireInClip(plan: Plan, segment: number, clip: GrantedClip | null): void {
  if (isInClip(plan, segment, clip)) return;
  throw new PlaybackError("forbidden", ["The token that this URL came from is for another part of the asset"]);
}

function deliveredBy(
  { playbackId, segment }: SegmentRoute,
  { opened, plan, rendition }: Child,
): DeliveredSegment | null {
  // pictures for seeking are none of the plan's: they show a film, but nobody watches it by them
  const isWatched = findRendition(plan, rendition.name) !== null;
  const counted = isWatched ? countedSegment(plan, rendition, segment) : null;
  if (counted === null) return null;
  const { environmentNumber, assetId } = opened.facts;
  const of = { environmentId: environmentNumber, assetId, playbackId, planId: plan.planId };
  return { ...of, rendition: rendition.name, segment, ...counted };
}
