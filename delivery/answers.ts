import type { Plan } from "../domain/media/plan.ts";
import type { Visitor } from "../domain/playback/restriction.ts";
import type { CountedFile } from "../domain/usage/delivered-file.ts";
import type { DeliveredSegment } from "../domain/usage/delivery-record.ts";
import type { Access, Opened } from "./access.ts";
import { A_DAY, A_MINUTE, type Caching, cacheControl, type Life } from "./cache-control.ts";
import { createPlansOfChildren } from "./children.ts";
import { type ImageRoute, imageAnswer, storyboardText } from "./images/image-answers.ts";
import type { Images } from "./images/images.ts";
import { createMasterAnswers } from "./masters/master-answers.ts";
import type { Masters } from "./masters/masters.ts";
import type { Plans } from "./plans.ts";
import { PlaybackError, unavailable } from "./playback-error.ts";
import { metadataJson } from "./playlists/metadata-json.ts";
import { createPlaylistAnswers } from "./playlists/playlist-answers.ts";
import type { Route } from "./route.ts";
import { createMediaAnswers } from "./segments/media-answers.ts";
import type { MediaObjects } from "./segments/media-objects.ts";
import type { VerifiedObject } from "./segments/verified-object.ts";
import { createStaticAnswers } from "./static/static-answers.ts";
import type { StaticFile, StaticFiles } from "./static/static-files.ts";
import { textAnswer } from "./text-answer.ts";
import { createTextAnswers, isCutText } from "./texts/text-answers.ts";
import type { Texts } from "./texts/texts.ts";
import type { Audience } from "./tokens/playback-token.ts";
import { findWholePlan } from "./whole-plan.ts";

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
  /** Of which what is sent counts as delivered. */
  counted: CountedFile | null;
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
  masters: Masters;
  /** Unix milliseconds. */
  nowMs: () => number;
}

export type Respond = (route: Route, question: Question, signal: AbortSignal) => Promise<Answer | FileAnswer>;

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
  masters,
  nowMs,
}: AnswerDeps): Respond {
  const caching = (allowed: Caching, life: Life): string => cacheControl(allowed, life, nowMs());
  const planOf = createPlansOfChildren(access, plans);
  const mediaOf = createMediaAnswers({ planOf, media, nowMs });
  const staticOf = createStaticAnswers({ files, currentPlan, nowMs });
  const masterOf = createMasterAnswers({ masters, files, nowMs });
  const textAnswers = createTextAnswers({ planOf, currentPlan, texts, nowMs });
  const playlists = createPlaylistAnswers({ planOf, currentPlan, bases, nowMs });

  async function currentPlan({ facts }: Opened): Promise<Plan> {
    const plan = await findWholePlan(plans, facts, facts.planId);
    if (plan === null) throw unavailable("The asset's plan is not in the store");
    return plan;
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
    return textAnswer(contentType, text, caching(opened.caching, A_MINUTE));
  }

  return async (route, question, signal) => {
    if (route.kind === "media_playlist") return playlists.child(route, question);
    if (route.kind === "init" || route.kind === "segment") return mediaOf(route, question, signal);
    if (isCutText(route)) return textAnswers.cut(route, question);
    if (route.kind === "master") return masterOf(route, question.query);
    const opened = await access.open({ playbackId: route.playbackId, audience: AUDIENCES[route.kind], ...question });
    if (route.kind === "multivariant" || route.kind === "dash") return playlists.manifest(route, opened);
    if (route.kind === "metadata") {
      return textAnswer("application/json", metadataJson(opened.facts.title), caching(opened.caching, A_MINUTE));
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
