import { ApiError } from "../../domain/errors.ts";
import type { App } from "../http/app.ts";
import type { SharedAnalytics } from "./analytics.ts";

/** Ends the questions of requests whose client has left, unless others wait for the same answers. Call it before routes are added. */
export function endQuestionsOfLeaving(app: App, analytics: SharedAnalytics): void {
  app.addHook("preHandler", (_request, reply, done) => {
    const gone = new AbortController();
    reply.raw.once("close", () => {
      if (!reply.raw.writableFinished) gone.abort(new ApiError("unavailable", ["The client has left"]));
    });
    analytics.askingUntil(gone.signal, done);
  });
}
