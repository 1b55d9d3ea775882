import { createHash } from "node:crypto";
import { type Clip, clippedSegments, playableSeconds } from "../domain/media/clip.ts";
import { type AudioRendition, type Plan, segmentSeconds, type VideoRendition } from "../domain/media/plan.ts";
import { IMAGE_FORMATS } from "../domain/media/transcoder-wire.ts";
import { findPlayable } from "../domain/media/trick-rendition.ts";
import { Lru } from "../platform/memory/lru.ts";
import { openGrant, openPlaybackId, type Playable } from "./access.ts";
import { readThumbnailParams } from "./images/thumbnail-params.ts";
import { type Thumbnails, wantedImage } from "./images/thumbnails.ts";
import { queryParams } from "./param-source.ts";
import type { Plans } from "./plans.ts";
import { PlaybackError, unavailable } from "./playback-error.ts";
import type { PlaybackFacts, PlaybackIds } from "./playback-ids.ts";
import { clipQuery } from "./playlists/clip-query.ts";
import { dashManifest } from "./playlists/dash-manifest.ts";
import { IMAGES, imagePlaylist } from "./playlists/image-playlist.ts";
import { readManifestParams } from "./playlists/manifest-params.ts";
import { mediaPlaylist } from "./playlists/media-playlist.ts";
import { metadataJson } from "./playlists/metadata-json.ts";
import { multivariantPlaylist } from "./playlists/multivariant.ts";
import { type ChildOfPlan, mediaType, PUBLIC_GRANT, type Route } from "./route.ts";
import type { MediaObjects } from "./segments/media-objects.ts";
import type { VerifiedObject } from "./segments/verified-object.ts";

/** A whole answer of status 200, in memory before the first byte is sent. */
export interface Answer extends VerifiedObject {
  contentType: string;
  cacheControl: string;
}

export interface AnswerDeps {
  playbackIds: PlaybackIds;
  plans: Plans;
  media: MediaObjects;
  thumbnails: Thumbnails;
  /** What manifests put before the paths of their children; at least one. */
  bases: readonly string[];
}

export type Respond = (route: Route, query: URLSearchParams, signal: AbortSignal) => Promise<Answer>;

const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
const DASH_TYPE = "application/dash+xml";
const FOR_A_MINUTE = "public, max-age=60";
const FOR_A_DAY = "public, max-age=86400";
const FOR_EVER = "public, max-age=31536000, immutable";
/** An hour's playlist has some 70 kB. */
const PLAYLIST_CACHE_BYTES = 32 * 1024 ** 2;

/** Decides what each route answers. Rejects with a `PlaybackError`, or with the signal's reason when the client leaves. */
export function createRespond({ playbackIds, plans, media, thumbnails, bases }: AnswerDeps): Respond {
  const playlists = new Lru<Answer>({ maxWeight: PLAYLIST_CACHE_BYTES, weigh: ({ bytes }) => bytes.length });

  async function currentPlan(facts: Playable): Promise<Plan> {
    const plan = await plans.find(facts);
    if (plan === null) throw unavailable("The asset's plan is not in the store");
    return plan;
  }

  async function planOfChild(child: ChildOfPlan): Promise<{ facts: PlaybackFacts; plan: Plan }> {
    const facts = await openGrant(playbackIds, child.playbackId, child.grant);
    const plan = await plans.find({ ...facts, planId: child.planId });
    if (plan !== null) return { facts, plan };
    if (facts.planId === child.planId) throw unavailable("The asset's plan is not in the store");
    throw noSuchRendition();
  }

  async function playlistOf(child: ChildOfPlan, query: URLSearchParams): Promise<Answer> {
    const { facts, plan } = await planOfChild(child);
    const { clip } = readManifestParams(queryParams(query));
    requireShown(plan, clip);
    const key = [facts.environment, facts.assetId, plan.planId, child.rendition, child.grant, clipQuery(clip)].join(
      "/",
    );
    const kept = playlists.get(key);
    if (kept !== undefined) return kept;
    const answer = textAnswer(PLAYLIST_TYPE, childPlaylist(child, plan, clip));
    playlists.set(key, answer);
    return answer;
  }

  async function mediaOf(route: Extract<Route, { kind: "init" | "segment" }>, signal: AbortSignal): Promise<Answer> {
    const { facts, plan } = await planOfChild(route);
    const rendition = findPlayable(plan, route.rendition);
    if (rendition === null) throw noSuchRendition();
    const { environment, assetId } = facts;
    const wanted = { environment, assetId, planId: plan.planId, rendition: rendition.name };
    if (route.kind === "segment" && !hasSegment(plan, rendition, route.segment)) {
      throw new PlaybackError("not_found", ["The rendition has no such segment"]);
    }
    const object = await media.get(
      route.kind === "init" ? { ...wanted, kind: "init" } : { ...wanted, kind: "segment", segment: route.segment },
      signal,
    );
    return { ...object, contentType: mediaType(rendition.name), cacheControl: FOR_EVER };
  }

  return async (route, query, signal) => {
    if (route.kind === "media_playlist") return playlistOf(route, query);
    if (route.kind === "init" || route.kind === "segment") return mediaOf(route, signal);
    const facts = await openPlaybackId(playbackIds, route.playbackId, query);
    if (route.kind === "metadata") return textAnswer("application/json", metadataJson(facts.title));
    if (route.kind === "multivariant" || route.kind === "dash") {
      const params = readManifestParams(queryParams(query));
      const plan = await currentPlan(facts);
      requireShown(plan, params.clip);
      const { playbackId } = route;
      const described = { playbackId, grant: PUBLIC_GRANT, plan, bases };
      if (route.kind === "dash") return textAnswer(DASH_TYPE, dashManifest(described, params));
      const hasTitle = facts.title !== null;
      return textAnswer(PLAYLIST_TYPE, multivariantPlaylist({ ...described, hasTitle }, params));
    }
    const params = readThumbnailParams(query);
    const picture = await thumbnails.get(wantedImage(facts, await currentPlan(facts), route.format, params), signal);
    return { ...picture, contentType: IMAGE_FORMATS[route.format], cacheControl: FOR_A_DAY };
  };
}

function childPlaylist({ grant, rendition: name }: ChildOfPlan, plan: Plan, clip: Clip): string {
  if (name === IMAGES && plan.video.length > 0) return imagePlaylist(plan, clip);
  const rendition = findPlayable(plan, name);
  if (rendition === null) throw noSuchRendition();
  return mediaPlaylist(grant, plan, rendition, clip);
}

function noSuchRendition(): PlaybackError {
  return new PlaybackError("not_found", ["The asset has no such rendition"]);
}

function requireShown(plan: Plan, clip: Clip): void {
  if (clippedSegments(plan, clip) !== null) return;
  const seconds = playableSeconds(plan).toFixed(3);
  throw new PlaybackError("invalid_parameters", [`asset_start_time must be less than ${seconds}, the asset's length`]);
}

function hasSegment(plan: Plan, rendition: VideoRendition | AudioRendition, segment: number): boolean {
  return (segmentSeconds(plan, rendition)[segment] ?? 0) > 0;
}

function textAnswer(contentType: string, text: string): Answer {
  const bytes = Buffer.from(text, "utf8");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { bytes, sha256, contentType, cacheControl: FOR_A_MINUTE };
}
