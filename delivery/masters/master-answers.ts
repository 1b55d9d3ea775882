import { timingSafeEqual } from "node:crypto";
import type { FileAnswer } from "../answers.ts";
import { cacheControl, type Life } from "../cache-control.ts";
import { PlaybackError, unavailable } from "../playback-error.ts";
import type { Route } from "../route.ts";
import { fileDisposition, fileType } from "../static/file-headers.ts";
import type { StaticFiles } from "../static/static-files.ts";
import type { Master, Masters } from "./masters.ts";

type MasterRoute = Extract<Route, { kind: "master" }>;

export interface MasterAnswersDeps {
  masters: Masters;
  files: StaticFiles;
  /** Unix milliseconds. */
  nowMs: () => number;
}

const A_DAY: Life = { seconds: 86_400 };

/**
 * Answers for masters. Whoever has the URL has the file, until its time is over: what is no living URL of ours is 403, whatever
 * is wrong with it. `download` names the file that browsers save it as.
 */
export function createMasterAnswers({ masters, files, nowMs }: MasterAnswersDeps) {
  return async ({ masterId, name }: MasterRoute, query: URLSearchParams): Promise<FileAnswer> => {
    const master = await masters.find(masterId);
    if (master === null || !isLiving(master, name, query.get("token") ?? ""))
      throw new PlaybackError("forbidden", [
        "This link to a master is not valid, or its 24 hours are over: enable master access of the asset anew",
      ]);
    const file = await files.find(master.objectKey);
    if (file === null) throw unavailable("The master is not in the store");
    return {
      file,
      contentType: fileType(name),
      cacheControl: cacheControl({ isShared: false, untilMs: master.expiresAtMs }, A_DAY, nowMs()),
      disposition: fileDisposition(query),
      counted: null, // for the owner of the asset, not for viewers
    };
  };
}

function isLiving(master: Master, name: string, token: string): boolean {
  const [given, right] = [Buffer.from(token), Buffer.from(master.token)];
  const isRight = given.length === right.length && timingSafeEqual(given, right);
  return isRight && master.isActive && master.name === name;
}
