import type { Plan } from "../../domain/media/plan.ts";
import { STATIC_RESOLUTIONS, staticName } from "../../domain/media/static-rendition.ts";
import { type CountedFile, countedFile } from "../../domain/usage/delivered-file.ts";
import type { Opened, Playable } from "../access.ts";
import type { FileAnswer } from "../answers.ts";
import { A_DAY, cacheControl } from "../cache-control.ts";
import { PlaybackError } from "../playback-error.ts";
import type { Route } from "../route.ts";
import type { StaticFiles } from "./static-files.ts";

type StaticRoute = Extract<Route, { kind: "static" }>;

export interface StaticAnswersDeps {
  files: StaticFiles;
  /** Rejects with a `PlaybackError` (503) where it cannot be read. */
  currentPlan: (opened: Opened) => Promise<Plan>;
  /** Unix milliseconds. */
  nowMs: () => number;
}

const MAX_NAME_LENGTH = 200;

/** Answers for renditions as whole files. `download` names the file that browsers save it as. */
export function createStaticAnswers({ files, currentPlan, nowMs }: StaticAnswersDeps) {
  return async (route: StaticRoute, opened: Opened): Promise<FileAnswer> => {
    const { name } = route;
    const { facts, query, caching } = opened;
    const file = await files.find(facts, name);
    if (file === null) {
      throw new PlaybackError("not_found", [`The asset has no static rendition ${name}, or it is not ready yet`]);
    }
    return {
      file,
      contentType: name.endsWith(".m4a") ? "audio/mp4" : "video/mp4",
      cacheControl: cacheControl(caching, A_DAY, nowMs()),
      disposition: dispositionOf(query.get("download")),
      counted: countedOf(route, facts, await currentPlan(opened)),
    };
  };
}

function countedOf({ playbackId, name }: StaticRoute, facts: Playable, plan: Plan): CountedFile | null {
  const resolution = STATIC_RESOLUTIONS.find((one) => staticName(one) === name);
  const counted = resolution === undefined ? null : countedFile(plan, resolution);
  if (counted === null) return null;
  const { environmentNumber, assetId, planId } = facts;
  return { environmentId: environmentNumber, assetId, playbackId, planId, rendition: name, ...counted };
}

/** RFC 6266 with the encoding of RFC 8187. */
function dispositionOf(name: string | null): string | null {
  if (name === null || name === "") return null;
  const shown = name
    .slice(0, MAX_NAME_LENGTH)
    .toWellFormed()
    .replace(/[/\\\p{Cc}]/gu, "_");
  const encoded = encodeURIComponent(shown).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}
