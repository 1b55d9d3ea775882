import { transcript } from "../../domain/captions/transcript.ts";
import { writeWebvtt } from "../../domain/captions/write-webvtt.ts";
import type { Clip } from "../../domain/media/clip.ts";
import type { Plan } from "../../domain/media/plan.ts";
import type { Opened, OpenedChild } from "../access.ts";
import type { Answer, Question } from "../answers.ts";
import { type Caching, cacheControl, type Life } from "../cache-control.ts";
import type { FindPlanOfChild } from "../children.ts";
import { hashedText } from "../hashed-text.ts";
import { textPlaylist } from "../playlists/text-playlist.ts";
import type { Route } from "../route.ts";
import { FOR_EVER, requireInClip } from "../segments/media-answers.ts";
import { textSegment } from "./text-segment.ts";
import type { Texts } from "./texts.ts";

type CutRoute = Extract<Route, { kind: "text_playlist" | "text_segment" }>;
type WholeRoute = Extract<Route, { kind: "text" }>;

export interface TextAnswersDeps {
  planOf: FindPlanOfChild;
  texts: Texts;
  /** The part of the asset that a playlist is for; rejects where nothing of it is left. */
  clipOf: (plan: Plan, opened: OpenedChild, query: URLSearchParams) => Clip;
  /** Unix milliseconds. */
  nowMs: () => number;
}

const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
const VTT_TYPE = "text/vtt; charset=utf-8";
const PLAIN_TYPE = "text/plain; charset=utf-8";
const A_MINUTE: Life = { seconds: 60 };

/** Answers for text tracks: cut at the plan's boundaries, and whole. */
export function createTextAnswers({ planOf, texts, clipOf, nowMs }: TextAnswersDeps) {
  const answer = (contentType: string, text: string, caching: Caching, life: Life): Answer => {
    const { sha256 } = hashedText(text);
    return {
      bytes: Buffer.from(text, "utf8"),
      sha256,
      contentType,
      cacheControl: cacheControl(caching, life, nowMs()),
    };
  };
  return {
    cut: async (route: CutRoute, { query, visitor }: Question): Promise<Answer> => {
      const { opened, plan } = await planOf(route, visitor);
      const captions = await texts.find(opened.facts, route.trackId);
      if (route.kind === "text_playlist") {
        const playlist = textPlaylist(route, plan, clipOf(plan, opened, query));
        return answer(PLAYLIST_TYPE, playlist, opened.caching, A_MINUTE);
      }
      requireInClip(plan, route.segment, opened.clip);
      return answer(VTT_TYPE, textSegment(captions, plan, route.segment), opened.caching, FOR_EVER);
    },
    whole: async ({ trackId, format }: WholeRoute, { facts, caching }: Opened): Promise<Answer> => {
      const captions = await texts.find(facts, trackId);
      if (format === "txt") return answer(PLAIN_TYPE, transcript(captions), caching, A_MINUTE);
      return answer(VTT_TYPE, writeWebvtt(captions), caching, A_MINUTE);
    },
  };
}
