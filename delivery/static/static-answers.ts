import { staticKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { FILE_RESOLUTIONS, staticName } from "../../domain/media/static-rendition.ts";
import { type CountedFile, countedFile } from "../../domain/usage/delivered-file.ts";
import type { Opened, Playable } from "../access.ts";
import type { FileAnswer } from "../answers.ts";
import { A_DAY, cacheControl } from "../cache-control.ts";
import { PlaybackError } from "../playback-error.ts";
import type { Route } from "../route.ts";
import { fileDisposition, fileType } from "./file-headers.ts";
import type { StaticFiles } from "./static-files.ts";

type StaticRoute = Extract<Route, { kind: "static" }>;

export interface StaticAnswersDeps {
  files: StaticFiles;
  /** Rejects with a `PlaybackError` (503) where it cannot be read. */
  currentPlan: (opened: Opened) => Promise<Plan>;
  /** Unix milliseconds. */
  nowMs: () => number;
}

/** Answers for renditions as whole files. `download` names the file that browsers save it as. */
export function createStaticAnswers({ files, currentPlan, nowMs }: StaticAnswersDeps) {
  return async (route: StaticRoute, opened: Opened): Promise<FileAnswer> => {
    const { name } = route;
    const { facts, query, caching } = opened;
    const file = await files.find(staticKey(facts, name));
    if (file === null) {
      throw new PlaybackError("not_found", [`The asset has no static rendition ${name}, or it is not ready yet`]);
    }
    return {
      file,
      contentType: fileType(name),
      cacheControl: cacheControl(caching, A_DAY, nowMs()),
      disposition: fileDisposition(query),
      counted: countedOf(route, facts, await currentPlan(opened)),
    };
  };
}

function countedOf({ playbackId, name }: StaticRoute, facts: Playable, plan: Plan): CountedFile | null {
  const resolution = FILE_RESOLUTIONS.find((one) => staticName(one) === name);
  const counted = resolution === undefined ? null : countedFile(plan, resolution);
  if (counted === null) return null;
  const { environmentNumber, assetId, planId } = facts;
  return { environmentId: environmentNumber, assetId, playbackId, planId, rendition: name, ...counted };
}
