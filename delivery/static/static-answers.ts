import type { Opened } from "../access.ts";
import type { FileAnswer } from "../answers.ts";
import { A_DAY, cacheControl } from "../cache-control.ts";
import { PlaybackError } from "../playback-error.ts";
import type { Route } from "../route.ts";
import type { StaticFiles } from "./static-files.ts";

type StaticRoute = Extract<Route, { kind: "static" }>;

export interface StaticAnswersDeps {
  files: StaticFiles;
  /** Unix milliseconds. */
  nowMs: () => number;
}

const MAX_NAME_LENGTH = 200;

/** Answers for renditions as whole files. `download` names the file that browsers save it as. */
export function createStaticAnswers({ files, nowMs }: StaticAnswersDeps) {
  return async ({ name }: StaticRoute, { facts, query, caching }: Opened): Promise<FileAnswer> => {
    const file = await files.find(facts, name);
    if (file === null) {
      throw new PlaybackError("not_found", [`The asset has no static rendition ${name}, or it is not ready yet`]);
    }
    return {
      file,
      contentType: name.endsWith(".m4a") ? "audio/mp4" : "video/mp4",
      cacheControl: cacheControl(caching, A_DAY, nowMs()),
      disposition: dispositionOf(query.get("download")),
    };
  };
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
