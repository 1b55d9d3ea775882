import type { Captions } from "../../domain/captions/captions.ts";
import { clipCaptions } from "../../domain/captions/clip-captions.ts";
import { transcript } from "../../domain/captions/transcript.ts";
import { writeWebvtt } from "../../domain/captions/write-webvtt.ts";
import type { Clip } from "../../domain/media/clip.ts";
import { type Plan, planSeconds } from "../../domain/media/plan.ts";
import type { Opened } from "../access.ts";
import type { Answer, Question } from "../answers.ts";
import { A_MINUTE, type Caching, cacheControl, FOR_EVER, type Life } from "../cache-control.ts";
import type { FindPlanOfChild } from "../children.ts";
import { clipOf, PLAYLIST_TYPE } from "../playlists/playlist-answers.ts";
import { shownSpan } from "../playlists/shown-span.ts";
import { textPlaylist } from "../playlists/text-playlist.ts";
import type { Route } from "../route.ts";
import { requireInClip } from "../segments/media-answers.ts";
import { textAnswer } from "../text-answer.ts";
import { textSegment } from "./text-segment.ts";
import type { Texts } from "./texts.ts";

type CutRoute = Extract<Route, { kind: "text_playlist" | "text_clip" | "text_segment" }>;
type WholeRoute = Extract<Route, { kind: "text" }>;

export interface TextAnswersDeps {
  planOf: FindPlanOfChild;
  /** The asset's newest plan. */
  currentPlan: (opened: Opened) => Promise<Plan>;
  texts: Texts;
  /** Unix milliseconds. */
  nowMs: () => number;
}

export function isCutText(route: Route): route is CutRoute {
  return route.kind === "text_playlist" || route.kind === "text_clip" || route.kind === "text_segment";
}

const VTT_TYPE = "text/vtt; charset=utf-8";
const PLAIN_TYPE = "text/plain; charset=utf-8";

/** Answers for text tracks: cut at the plan's boundaries, and whole. */
export function createTextAnswers({ planOf, currentPlan, texts, nowMs }: TextAnswersDeps) {
  const answer = (contentType: string, text: string, caching: Caching, life: Life): Answer =>
    textAnswer(contentType, text, cacheControl(caching, life, nowMs()));
  return {
    cut: async (route: CutRoute, { query, visitor }: Question): Promise<Answer> => {
      const { opened, plan } = await planOf(route, visitor);
      const captions = await texts.find(opened.facts, route.trackId);
      if (route.kind === "text_playlist") {
        const playlist = textPlaylist(route, plan, clipOf(plan, opened, query));
        return answer(PLAYLIST_TYPE, playlist, opened.caching, A_MINUTE);
      }
      if (route.kind === "text_clip") {
        const shown = shownCaptions(captions, plan, clipOf(plan, opened, query));
        return answer(VTT_TYPE, writeWebvtt(shown), opened.caching, FOR_EVER);
      }
      const segment = textSegment(captions, plan, route.segment);
      requireInClip(plan, route.segment, opened.clip);
      return answer(VTT_TYPE, segment, opened.caching, FOR_EVER);
    },
    whole: async ({ trackId, format }: WholeRoute, opened: Opened): Promise<Answer> => {
      const { facts, caching } = opened;
      const captions = allShown(await texts.find(facts, trackId), await currentPlan(opened));
      if (format === "txt") return answer(PLAIN_TYPE, transcript(captions), caching, A_MINUTE);
      return answer(VTT_TYPE, writeWebvtt(captions), caching, A_MINUTE);
    },
  };
}

/** Nothing behind the end of a test is shown. */
function allShown(captions: Captions, plan: Plan): Captions {
  if (plan.test === undefined) return captions;
  return clipCaptions(captions, { startMs: 0, endMs: Math.round(planSeconds(plan) * 1_000) });
}

/** By the times of a manifest of that clip. */
function shownCaptions(captions: Captions, plan: Plan, clip: Clip): Captions {
  const { startSeconds, endSeconds } = shownSpan(plan, clip);
  return clipCaptions(captions, { startMs: Math.round(startSeconds * 1_000), endMs: Math.round(endSeconds * 1_000) });
}
