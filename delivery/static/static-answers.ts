import { staticKey } from "../../domain/media/object-keys.ts";
import type { Opened } from "../access.ts";
import type { FileAnswer } from "../answers.ts";
import { cacheControl, type Life } from "../cache-control.ts";
import { PlaybackError } from "../playback-error.ts";
import type { Route } from "../route.ts";
import { fileDisposition, fileType } from "./file-headers.ts";
import type { StaticFiles } from "./static-files.ts";

type StaticRoute = Extract<Route, { kind: "static" }>;

export interface StaticAnswersDeps {
  files: StaticFiles;
  /** Unix milliseconds. */
  nowMs: () => number;
}

const A_DAY: Life = { seconds: 86_400 };

/** Answers for renditions as whole files. `download` names the file that browsers save it as. */
export function createStaticAnswers({ files, nowMs }: StaticAnswersDeps) {
  return async ({ name }: StaticRoute, { facts, query, caching }: Opened): Promise<FileAnswer> => {
    const file = await files.find(staticKey(facts, name));
    if (file === null) {
      throw new PlaybackError("not_found", [`The asset has no static rendition ${name}, or it is not ready yet`]);
    }
    return {
      file,
      contentType: fileType(name),
      cacheControl: cacheControl(caching, A_DAY, nowMs()),
      disposition: fileDisposition(query),
    };
  };
}
