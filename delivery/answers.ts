import { createHash } from "node:crypto";
import type { Plan } from "../domain/media/plan.ts";
import type { Visitor } from "../domain/playback/restriction.ts";
import type { DeliveredSegment } from "../domain/usage/delivery-record.ts";
import { Lru } from "../platform/memory/lru.ts";
import type { Access, Opened } from "./access.ts";
import { type Caching, cacheControl, type Life } from "./cache-control.ts";
import { createChildren } from "./children.ts";
import { type ImageRoute, imageAnswer, storyboardText } from "./images/image-answers.ts";
import type { Images } from "./images/images.ts";
import type { Plans } from "./plans.ts";
import { unavailable } from "./playback-error.ts";
import { checkClip } from "./playlists/clip.ts";
import { readManifestParams } from "./playlists/manifest-params.ts";
import { mediaPlaylist } from "./playlists/media-playlist.ts";
import { metadataJson } from "./playlists/metadata-json.ts";
import { multivariantPlaylist } from "./playlists/multivariant.ts";
import { type AddedParameters, withParameters } from "./playlists/with-parameters.ts";
import type { ChildOfPlan, Route } from "./route.ts";
import { createMediaAnswers } from "./segments/media-answers.ts";
import type { MediaObjects } from "./segments/media-objects.ts";
import type { VerifiedObject } from "./segments/verified-object.ts";
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

export interface AnswerDeps {
  access: Access;
  plans: Plans;
  media: MediaObjects;
  images: Images;
  /** Where players reach the image host. */
  imageOrigin: string;
  /** Unix milliseconds. */
  nowMs: () => number;
}

export type Respond = (route: Route, question: Question, signal: AbortSignal) => Promise<Answer>;

const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
const A_MINUTE: Life = { seconds: 60 };
const A_DAY: Life = { seconds: 86_400 };
/** An hour's playlist has some 70 kB. */
const PLAYLIST_CACHE_BYTES = 32 * 1024 ** 2;

/** What tokens of each route must be made for. */
const AUDIENCES = {
  ...{ multivariant: "v", metadata: "v", thumbnail: "t", animated: "g", storyboard: "s", storyboard_index: "s" },
} as const satisfies Record<Exclude<Route["kind"], "media_playlist" | "init" | "segment">, Audience>;

/** Decides what each route answers. Rejects with a `PlaybackError`, or with the signal's reason when the client leaves. */
export function createRespond({ access, plans, media, images, imageOrigin, nowMs }: AnswerDeps): Respond {
  const playlists = new Lru<Text>({ maxWeight: PLAYLIST_CACHE_BYTES, weigh: ({ text }) => text.length });
  const caching = (allowed: Caching, life: Life): string => cacheControl(allowed, life, nowMs());
  const childOf = createChildren(access, plans);
  const mediaOf = createMediaAnswers({ childOf, media, nowMs });

  async function currentPlan({ facts }: Opened): Promise<Plan> {
    const plan = await plans.find(facts);
    if (plan === null) throw unavailable("The asset's plan is not in the store");
    return plan;
  }

  /** With the view that its own URL names. */
  async function playlistOf(child: ChildOfPlan, { query, visitor }: Question): Promise<Answer> {
    const { opened, plan, rendition } = await childOf(child, visitor);
    const { facts, clip } = opened;
    const key = [facts.environment, facts.assetId, plan.planId, rendition.name, child.grant].join("/");
    const text = playlists.get(key) ?? hashed(mediaPlaylist(child.grant, plan, rendition, clip));
    playlists.set(key, text);
    return ofView(text, { view: viewParameterOf(query), data: null }, opened.caching);
  }

  async function multivariantOf(playbackId: string, opened: Opened): Promise<Answer> {
    const { facts, grant, clip, token } = opened;
    const params = readManifestParams(opened.query);
    const plan = await currentPlan(opened);
    checkClip(plan, clip);
    const playlist = multivariantPlaylist({ playbackId, grant, plan, hasTitle: facts.title !== null }, params);
    const data = token === null ? null : `token=${token}`;
    return ofView(hashed(playlist), { view: newViewParameter(), data }, opened.caching);
  }

  function ofView({ text, sha256 }: Text, parameters: AddedParameters, allowed: Caching): Answer {
    const isOfView = parameters.view !== null;
    return {
      bytes: Buffer.from(withParameters(text, parameters), "utf8"),
      sha256,
      isWeak: isOfView,
      contentType: PLAYLIST_TYPE,
      cacheControl: caching({ ...allowed, isShared: allowed.isShared && !isOfView }, A_MINUTE),
    };
  }

  async function imageOf(route: ImageRoute, opened: Opened, signal: AbortSignal): Promise<Answer> {
    const { facts, query: params, token } = opened;
    const plan = await currentPlan(opened);
    if (route.kind !== "storyboard_index") {
      const image = await imageAnswer(images, route, { facts, plan, params }, signal);
      return { ...image, cacheControl: caching(opened.caching, A_DAY) };
    }
    const { contentType, text } = storyboardText(route, { plan, params, imageOrigin, token });
    return textOf(contentType, text, opened);
  }

  function textOf(contentType: string, content: string, opened: Opened): Answer {
    const { text, sha256 } = hashed(content);
    return { bytes: Buffer.from(text, "utf8"), sha256, contentType, cacheControl: caching(opened.caching, A_MINUTE) };
  }

  return async (route, question, signal) => {
    if (route.kind === "media_playlist") return playlistOf(route, question);
    if (route.kind === "init" || route.kind === "segment") return mediaOf(route, question, signal);
    const { playbackId, kind } = route;
    const opened = await access.open({ playbackId, audience: AUDIENCES[kind], ...question });
    if (kind === "multivariant") return multivariantOf(playbackId, opened);
    if (kind === "metadata") return textOf("application/json", metadataJson(opened.facts.title), opened);
    return imageOf(route, opened, signal);
  };
}

interface Text {
  text: string;
  /** Lower-case hex. */
  sha256: string;
}

function hashed(text: string): Text {
  return { text, sha256: createHash("sha256").update(text).digest("hex") };
}
