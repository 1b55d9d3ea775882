import { createHash } from "node:crypto";
import { transcript } from "../domain/captions/transcript.ts";
import { writeWebvtt } from "../domain/captions/write-webvtt.ts";
import {
  type AudioRendition,
  findRendition,
  type Plan,
  segmentSeconds,
  type VideoRendition,
} from "../domain/media/plan.ts";
import { IMAGE_FORMATS } from "../domain/media/transcoder-wire.ts";
import { Lru } from "../platform/memory/lru.ts";
import { openGrant, openPlaybackId, type Playable } from "./access.ts";
import { readThumbnailParams } from "./images/thumbnail-params.ts";
import { type Thumbnails, wantedImage } from "./images/thumbnails.ts";
import type { Plans } from "./plans.ts";
import { PlaybackError, unavailable } from "./playback-error.ts";
import type { PlaybackFacts, PlaybackIds } from "./playback-ids.ts";
import { readManifestParams } from "./playlists/manifest-params.ts";
import { mediaPlaylist } from "./playlists/media-playlist.ts";
import { metadataJson } from "./playlists/metadata-json.ts";
import { multivariantPlaylist } from "./playlists/multivariant.ts";
import { textPlaylist } from "./playlists/text-playlist.ts";
import { type ChildOfPlan, mediaType, PUBLIC_GRANT, type Route } from "./route.ts";
import type { MediaObjects } from "./segments/media-objects.ts";
import type { VerifiedObject } from "./segments/verified-object.ts";
import { textSegment } from "./texts/text-segment.ts";
import type { Texts } from "./texts/texts.ts";

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
  texts: Texts;
}

export type Respond = (route: Route, query: URLSearchParams, signal: AbortSignal) => Promise<Answer>;

const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
const VTT_TYPE = "text/vtt; charset=utf-8";
const PLAIN_TYPE = "text/plain; charset=utf-8";
const FOR_A_MINUTE = "public, max-age=60";
const FOR_A_DAY = "public, max-age=86400";
const FOR_EVER = "public, max-age=31536000, immutable";
/** An hour's playlist has some 70 kB. */
const PLAYLIST_CACHE_BYTES = 32 * 1024 ** 2;

/** Decides what each route answers. Rejects with a `PlaybackError`, or with the signal's reason when the client leaves. */
export function createRespond({ playbackIds, plans, media, thumbnails, texts }: AnswerDeps): Respond {
  const playlists = new Lru<Answer>({ maxWeight: PLAYLIST_CACHE_BYTES, weigh: ({ bytes }) => bytes.length });

  async function currentPlan(facts: Playable): Promise<Plan> {
    const plan = await plans.find(facts);
    if (plan === null) throw unavailable("The asset's plan is not in the store");
    return plan;
  }

  async function childOf(child: ChildOfPlan): Promise<Child> {
    const facts = await openGrant(playbackIds, child.playbackId, child.grant);
    const plan = await plans.find({ ...facts, planId: child.planId });
    if (plan === null && facts.planId === child.planId) throw unavailable("The asset's plan is not in the store");
    const rendition = plan === null ? null : findRendition(plan, child.rendition);
    if (plan === null || rendition === null) throw new PlaybackError("not_found", ["The asset has no such rendition"]);
    return { facts, plan, rendition };
  }

  async function textOf(route: Extract<Route, { kind: "text_playlist" | "text_segment" }>): Promise<Answer> {
    const facts = await openGrant(playbackIds, route.playbackId, route.grant);
    const captions = await texts.find(facts, route.trackId);
    const plan = await plans.find({ ...facts, planId: route.planId });
    if (plan === null && facts.planId === route.planId) throw unavailable("The asset's plan is not in the store");
    if (plan === null) throw new PlaybackError("not_found", ["The asset has no such plan"]);
    if (route.kind === "text_playlist") return textAnswer(PLAYLIST_TYPE, textPlaylist(route, plan));
    return { ...textAnswer(VTT_TYPE, textSegment(captions, plan, route.segment)), cacheControl: FOR_EVER };
  }

  async function playlistOf(child: ChildOfPlan): Promise<Answer> {
    const { facts, plan, rendition } = await childOf(child);
    const key = [facts.environment, facts.assetId, plan.planId, rendition.name].join("/");
    const kept = playlists.get(key);
    if (kept !== undefined) return kept;
    const answer = textAnswer(PLAYLIST_TYPE, mediaPlaylist(child.grant, plan, rendition));
    playlists.set(key, answer);
    return answer;
  }

  async function mediaOf(route: Extract<Route, { kind: "init" | "segment" }>, signal: AbortSignal): Promise<Answer> {
    const { facts, plan, rendition } = await childOf(route);
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
    if (route.kind === "media_playlist") return playlistOf(route);
    if (route.kind === "init" || route.kind === "segment") return mediaOf(route, signal);
    if (route.kind === "text_playlist" || route.kind === "text_segment") return textOf(route);
    const facts = await openPlaybackId(playbackIds, route.playbackId, query);
    if (route.kind === "text") {
      const captions = await texts.find(facts, route.trackId);
      if (route.format === "txt") return textAnswer(PLAIN_TYPE, transcript(captions));
      return textAnswer(VTT_TYPE, writeWebvtt(captions));
    }
    if (route.kind === "metadata") return textAnswer("application/json", metadataJson(facts.title));
    if (route.kind === "multivariant") {
      const params = readManifestParams(query);
      const plan = await currentPlan(facts);
      const { playbackId } = route;
      const playlist = multivariantPlaylist(
        { playbackId, grant: PUBLIC_GRANT, plan, hasTitle: facts.title !== null, textTracks: facts.textTracks },
        params,
      );
      return textAnswer(PLAYLIST_TYPE, playlist);
    }
    const params = readThumbnailParams(query);
    const picture = await thumbnails.get(wantedImage(facts, await currentPlan(facts), route.format, params), signal);
    return { ...picture, contentType: IMAGE_FORMATS[route.format], cacheControl: FOR_A_DAY };
  };
}

interface Child {
  facts: PlaybackFacts;
  plan: Plan;
  rendition: VideoRendition | AudioRendition;
}

function hasSegment(plan: Plan, rendition: VideoRendition | AudioRendition, segment: number): boolean {
  return (segmentSeconds(plan, rendition)[segment] ?? 0) > 0;
}

function textAnswer(contentType: string, text: string): Answer {
  const bytes = Buffer.from(text, "utf8");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { bytes, sha256, contentType, cacheControl: FOR_A_MINUTE };
}
