import { ApiError } from "../../domain/errors.ts";
import type { App } from "../http/app.ts";

/** /robots/v0/… (reference video-api.md §6): 404 for everything, whoever asks, since nothing of it is offered. */
export function robotsRoutes(app: App): void {
  app.route({
    method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    url: "/robots/v0/*",
    schema: { hide: true },
    handler: () => {
      throw new ApiError("not_found", ["This server has no robots: what is under /robots/v0 is not offered"]);
    },
  });
}
