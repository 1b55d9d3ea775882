import { errorCodes } from "fastify";
import type { App } from "./app.ts";

/**
 * JSON bodies as clients send them: older SDKs name the type on requests without a body too, and others name a form's, so nothing is
 * no mistake. `__proto__` and `constructor.prototype` keys are refused.
 */
export function parseJsonBody(app: App): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else parse(request, body.toString(), done);
  });
  app.addContentTypeParser("*", { parseAs: "buffer" }, (request, body, done) => {
    if (body.length === 0 || request.is404) done(null, undefined);
    else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(request.headers["content-type"] ?? ""));
  });
}
