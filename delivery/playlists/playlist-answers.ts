import { type Clip, clippedSegments, playableSeconds } from "../../domain/media/clip.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { findPlayable } from "../../domain/media/trick-rendition.ts";
import { Lru } from "../../platform/memory/lru.ts";
import type { Opened, OpenedChild } from "../access.ts";
import type { Answer, Question } from "../answers.ts";
import { A_MINUTE, type Caching, cacheControl } from "../cache-control.ts";
import { type FindPlanOfChild, noSuchRendition } from "../children.ts";
import { type HashedText, hashedText } from "../hashed-text.ts";
import { PlaybackError } from "../playback-error.ts";
import { type ChildOfPlan, PUBLIC_GRANT, type Route } from "../route.ts";
import { viewAnswer } from "../text-answer.ts";
import { newViewParameter, viewParameterOf } from "../usage/view-session.ts";
import { clipQuery } from "./clip-query.ts";
import { dashManifest } from "./dash-manifest.ts";
import { inSeconds } from "./granted-clip.ts";
import { IMAGES, imagePlaylist } from "./image-playlist.ts";
import { readManifestParams } from "./manifest-params.ts";
import { mediaPlaylist } from "./media-playlist.ts";
import { multivariantPlaylist } from "./multivariant.ts";
import { dashWithView, withParameters } from "./with-parameters.ts";

type ManifestRoute = Extract<Route, { kind: "multivariant" | "dash" }>;

export interface PlaylistAnswersDeps {
  planOf: FindPlanOfChild;
  /** Rejects with a `PlaybackError` (503) where it cannot be read. */
  currentPlan: (opened: Opened) => Promise<Plan>;
  /** What manifests put before the paths of their children; at least one. */
  bases: readonly string[];
  /** Unix milliseconds. */
  nowMs: () => number;
}

export const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
const DASH_TYPE = "application/dash+xml";
/** An hour's playlist has some 70 kB. */
const PLAYLIST_CACHE_BYTES = 32 * 1024 ** 2;

/** Answers for manifests, and for the playlists that they lead to. */
export function createPlaylistAnswers({ planOf, currentPlan, bases, nowMs }: PlaylistAnswersDeps) {
  const kept = new Lru<HashedText>({ maxWeight: PLAYLIST_CACHE_BYTES, weigh: ({ text }) => text.length });

  /** What belongs to one view is for one browser. */
  function ofView(contentType: string, common: HashedText, text: string, allowed: Caching): Answer {
    const isShared = allowed.isShared && text === common.text;
    return viewAnswer(contentType, common, text, cacheControl({ ...allowed, isShared }, A_MINUTE, nowMs()));
  }

  return {
    /** With the view that its own URL names. */
    child: async (child: ChildOfPlan, { query, visitor }: Question): Promise<Answer> => {
      const { opened, plan } = await planOf(child, visitor);
      const { environment, assetId } = opened.facts;
      const clip = clipOf(plan, opened, query);
      const key = [environment, assetId, plan.planId, child.rendition, child.grant, clipQuery(clip)].join("/");
      const playlist = kept.get(key) ?? hashedText(childPlaylist(child, plan, clip));
      kept.set(key, playlist);
      const text = withParameters(playlist.text, { view: viewParameterOf(query), data: null });
      return ofView(PLAYLIST_TYPE, playlist, text, opened.caching);
    },
    /** With a view of its own. */
    manifest: async ({ playbackId, kind }: ManifestRoute, opened: Opened): Promise<Answer> => {
      const { facts, grant, token, query } = opened;
      const params = readManifestParams(query);
      const plan = await currentPlan(opened);
      requireShown(plan, params.clip);
      const described = { playbackId, grant, plan, bases, textTracks: facts.textTracks };
      const view = newViewParameter();
      if (kind === "dash") {
        const manifest = hashedText(dashManifest(described, params));
        return ofView(DASH_TYPE, manifest, dashWithView(manifest.text, view), opened.caching);
      }
      const playlist = hashedText(multivariantPlaylist({ ...described, hasTitle: facts.title !== null }, params));
      const data = token === null ? null : `token=${token}`;
      return ofView(PLAYLIST_TYPE, playlist, withParameters(playlist.text, { view, data }), opened.caching);
    },
  };
}

/** Of a signed playlist its grant tells the clip, of a public one its own URL. Throws 400 where nothing is left. */
export function clipOf(plan: Plan, { clip }: OpenedChild, query: URLSearchParams): Clip {
  const shown = clip === null ? readManifestParams(query).clip : inSeconds(clip);
  requireShown(plan, shown);
  return shown;
}

function childPlaylist({ grant, rendition: name }: ChildOfPlan, plan: Plan, clip: Clip): string {
  if (name === IMAGES && plan.video.length > 0 && grant === PUBLIC_GRANT) return imagePlaylist(plan, clip);
  const rendition = findPlayable(plan, name);
  if (rendition === null) throw noSuchRendition();
  return mediaPlaylist(grant, plan, rendition, clip);
}

function requireShown(plan: Plan, clip: Clip): void {
  if (clippedSegments(plan, clip) !== null) return;
  const seconds = playableSeconds(plan).toFixed(3);
  throw new PlaybackError("invalid_parameters", [`asset_start_time must be less than ${seconds}, the asset's length`]);
}
