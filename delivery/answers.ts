import { type Clip, clippedSegments, playableSeconds } from "../domain/media/clip.ts";
import type { Plan } from "../domain/media/plan.ts";
import { findPlayable } from "../domain/media/trick-rendition.ts";
import type { Visitor } from "../domain/playback/restriction.ts";
import type { DeliveredSegment } from "../domain/usage/delivery-record.ts";
import { Lru } from "../platform/memory/lru.ts";
import type { Access, Opened, OpenedChild } from "./access.ts";
import { type Caching, cacheControl, type Life } from "./cache-control.ts";
import { createPlansOfChildren, noSuchRendition } from "./children.ts";
import { type HashedText, hashedText } from "./hashed-text.ts";
import { type ImageRoute, imageAnswer, storyboardText } from "./images/image-answers.ts";
import type { Images } from "./images/images.ts";
import type { Plans } from "./plans.ts";
import { PlaybackError, unavailable } from "./playback-error.ts";
import { inSeconds } from "./playlists/clip.ts";
import { clipQuery } from "./playlists/clip-query.ts";
import { dashManifest } from "./playlists/dash-manifest.ts";
import { IMAGES, imagePlaylist } from "./playlists/image-playlist.ts";
import { readManifestParams } from "./playlists/manifest-params.ts";
import { mediaPlaylist } from "./playlists/media-playlist.ts";
import { metadataJson } from "./playlists/metadata-json.ts";
import { multivariantPlaylist } from "./playlists/multivariant.ts";
import { type AddedParameters, withParameters } from "./playlists/with-parameters.ts";
import { type ChildOfPlan, PUBLIC_GRANT, type Route } from "./route.ts";
import { createMediaAnswers } from "./segments/media-answers.ts";
import type { MediaObjects } from "./segments/media-objects.ts";
import type { VerifiedObject } from "./segments/verified-object.ts";
import { createStaticAnswers } from "./static/static-answers.ts";
import type { StaticFile, StaticFiles } from "./static/static-files.ts";
import { createTextAnswers } from "./texts/text-answers.ts";
import type { Texts } from "./texts/texts.ts";
import type { Audience } from "./tokens/playback-token.ts";
import { newViewParameter, viewParameterOf } from "./usage/view-session.ts";

/** A whole answer of status 200, in memory before the first byte is sent. */
export interface Answer extends VerifiedObject {
  contentType: string;
  cacheControl: string;
  /** `sha256` is that of an equivalent answer: the bytes also name a view, each time another. */
  isWeak?: boolean;
  /** What counts as delivered once all of it is sent. */
  delivered?: DeliveredSegment | null;
}

/** What answers depend on besides the path. */
export interface Question {
  query: URLSearchParams;
  visitor: Visitor;
}

/** A whole answer of status 200 that is too large for memory. */
export interface FileAnswer {
  file: StaticFile;
  contentType: string;
  cacheControl: string;
  /** `Content-Disposition`; null: to be shown. */
  disposition: string | null;
}

export interface AnswerDeps {
  access: Access;
  plans: Plans;
  media: MediaObjects;
  images: Images;
  /** Where players reach the image host. */
  imageOrigin: string;
  /** What manifests put before the paths of their children; at least one. */
  bases: readonly string[];
  texts: Texts;
  files: StaticFiles;
  /** Unix milliseconds. */
  nowMs: () => number;
}

export type Respond = (route: Route, question: Question, signal: AbortSignal) => Promise<Answer | FileAnswer>;

const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
const DASH_TYPE = "application/dash+xml";
const A_MINUTE: Life = { seconds: 60 };
const A_DAY: Life = { seconds: 86_400 };
/** An hour's playlist has some 70 kB. */
const PLAYLIST_CACHE_BYTES = 32 * 1024 ** 2;

/** What tokens of each route must be made for. */
const AUDIENCES = {
  ...{ multivariant: "v", dash: "v", metadata: "v", text: "v", static: "v" },
  ...{ thumbnail: "t", animated: "g", storyboard: "s", storyboard_index: "s" },
} as const satisfies Record<string, Audience>;

/** Decides what each route answers. Rejects with a `PlaybackError`, or with the signal's reason when the client leaves. */
export function createRespond({
  access,
  plans,
  media,
  images,
  imageOrigin,
  bases,
  texts,
  files,
  nowMs,
}: AnswerDeps): Respond {
  const playlists = new Lru<HashedText>({ maxWeight: PLAYLIST_CACHE_BYTES, weigh: ({ text }) => text.length });
  const caching = (allowed: Caching, life: Life): string => cacheControl(allowed, life, nowMs());
  const planOf = createPlansOfChildren(access, plans);
  const mediaOf = createMediaAnswers({ planOf, media, nowMs });
  const staticOf = createStaticAnswers({ files, nowMs });
  const textAnswers = createTextAnswers({ planOf, texts, clipOf, nowMs });

  async function currentPlan({ facts }: Opened): Promise<Plan> {
    const plan = await plans.find(facts);
    if (plan === null) throw unavailable("The asset's plan is not in the store");
    return plan;
  }

  /** With the view that its own URL names. */
  async function playlistOf(child: ChildOfPlan, { query, visitor }: Question): Promise<Answer> {
    const { opened, plan } = await planOf(child, visitor);
    const { facts } = opened;
    const clip = clipOf(plan, opened, query);
    const key = [facts.environment, facts.assetId, plan.planId, child.rendition, child.grant, clipQuery(clip)].join(
      "/",
    );
    const text = playlists.get(key) ?? hashedText(childPlaylist(child, plan, clip));
    playlists.set(key, text);
    return ofView(text, { view: viewParameterOf(query), data: null }, opened.caching, nowMs());
  }

  async function manifestOf({ playbackId, kind }: ManifestRoute, opened: Opened): Promise<Answer> {
    const { facts, grant, token } = opened;
    const params = readManifestParams(opened.query);
    const plan = await currentPlan(opened);
    requireShown(plan, params.clip);
    const described = { playbackId, grant, plan, bases };
    if (kind === "dash") return textAnswer(DASH_TYPE, dashManifest(described, params), opened.caching);
    const playlist = multivariantPlaylist(
      { ...described, hasTitle: facts.title !== null, textTracks: facts.textTracks },
      params,
    );
    const data = token === null ? null : `token=${token}`;
    return ofView(hashedText(playlist), { view: newViewParameter(), data }, opened.caching, nowMs());
  }

  async function imageOf(route: ImageRoute, opened: Opened, signal: AbortSignal): Promise<Answer> {
    const { facts, query: params, token } = opened;
    const plan = await currentPlan(opened);
    if (route.kind !== "storyboard_index") {
      const image = await imageAnswer(images, route, { facts, plan, params }, signal);
      const mayChange = route.kind === "thumbnail" && !params.has("time");
      return { ...image, cacheControl: caching(opened.caching, mayChange ? A_MINUTE : A_DAY) };
    }
    const { contentType, text } = storyboardText(route, { plan, params, imageOrigin, token });
    return textAnswer(contentType, text, opened.caching);
  }

  function textAnswer(contentType: string, content: string, allowed: Caching): Answer {
    const { text, sha256 } = hashedText(content);
    return { bytes: Buffer.from(text, "utf8"), sha256, contentType, cacheControl: caching(allowed, A_MINUTE) };
  }

  return async (route, question, signal) => {
    if (route.kind === "media_playlist") return playlistOf(route, question);
    if (route.kind === "init" || route.kind === "segment") return mediaOf(route, question, signal);
    if (route.kind === "text_playlist" || route.kind === "text_segment") return textAnswers.cut(route, question);
    const opened = await access.open({ playbackId: route.playbackId, audience: AUDIENCES[route.kind], ...question });
    if (route.kind === "multivariant" || route.kind === "dash") return manifestOf(route, opened);
    if (route.kind === "metadata") {
      return textAnswer("application/json", metadataJson(opened.facts.title), opened.caching);
    }
    if (route.kind === "static" || route.kind === "text") requireWhole(opened);
    if (route.kind === "static") return staticOf(route, opened);
    if (route.kind === "text") return textAnswers.whole(route, opened);
    return imageOf(route, opened, signal);
  };
}

/** A token for a part of the asset must not open a file of all of it. */
function requireWhole({ clip }: Opened): void {
  if (clip !== null)
    throw new PlaybackError("forbidden", ["The token is for a part of the asset, and this is all of it"]);
}

/** A playlist that belongs to one view is for one browser. */
function ofView({ text, sha256 }: HashedText, parameters: AddedParameters, allowed: Caching, nowMs: number): Answer {
  const isOfView = parameters.view !== null;
  return {
    bytes: Buffer.from(withParameters(text, parameters), "utf8"),
    sha256,
    isWeak: isOfView,
    contentType: PLAYLIST_TYPE,
    cacheControl: cacheControl({ ...allowed, isShared: allowed.isShared && !isOfView }, A_MINUTE, nowMs),
  };
}

/** Of a signed playlist its grant tells the clip, of a public one its own URL. Throws 400 where nothing is left. */
function clipOf(plan: Plan, { clip }: OpenedChild, query: URLSearchParams): Clip {
  const shown = clip === null ? readManifestParams(query).clip : inSeconds(clip);
  requireShown(plan, shown);
  return shown;
}

type ManifestRoute = Extract<Route, { kind: "multivariant" | "dash" }>;

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
