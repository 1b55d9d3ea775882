import { z } from "zod";
import { ApiError } from "../../../domain/errors.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import { PageQuery } from "../../http/paging.ts";
import type { Services } from "../../http/services.ts";

const ABSENT = "This server takes in no live streams; make an asset of a recording with POST /video/v1/assets";

/** Every further route of a stream (reference video-api.md §2), behind its id. */
const OF_ONE = {
  GET: ["", "/playback-ids/:playback_id", "/simulcast-targets/:simulcast_target_id"],
  POST: ["/playback-ids", "/reset-stream-key", "/simulcast-targets"],
  PUT: [
    ...["/complete", "/disable", "/enable", "/embedded-subtitles", "/generated-subtitles"],
    "/new-asset-settings/static-renditions",
  ],
  PATCH: [""],
  DELETE: [
    ...["", "/playback-ids/:playback_id", "/simulcast-targets/:simulcast_target_id"],
    "/new-asset-settings/static-renditions",
  ],
} as const;

/** The same of web inputs, which clients up to @mux/mux-node 12 know. */
const OF_ONE_INPUT = { GET: [""], POST: [], PUT: ["/launch", "/shutdown", "/reload", "/url"], PATCH: [], DELETE: [""] };

/** /video/v1/live-streams and /video/v1/web-inputs: there are none, and none can be made. */
export function liveStreamRoutes(app: App, services: Services): void {
  const querystring = PageQuery.extend({
    status: z.enum(["idle", "active", "disabled"]).optional(),
    stream_key: z.string().max(255).optional().describe("Only the stream with this key"),
  });
  app.get(
    "/video/v1/live-streams",
    {
      onRequest: allow(services, "video:read"),
      schema: {
        tags: ["Live streams"],
        security: [{ accessToken: [] }],
        summary: "List live streams; there are none",
        description: "Live streams are not taken in: creating one is 403, single ones are 404.",
        querystring,
        response: { ...REFUSALS, 200: z.object({ data: z.array(z.object({ id: z.string() })) }) },
      },
    },
    async () => ({ data: [] }),
  );
  absentRoutes(app, services, "/video/v1/live-streams/:live_stream_id", "Live stream", OF_ONE);
  app.get(
    "/video/v1/web-inputs",
    { onRequest: allow(services, "video:read"), schema: { hide: true, querystring: PageQuery } },
    async () => ({ data: [] }),
  );
  absentRoutes(app, services, "/video/v1/web-inputs/:web_input_id", "Web input", OF_ONE_INPUT);
}

/** Creation, which is refused, and everything of single ones, which are not there. No part of the document: nobody can use it. */
function absentRoutes(
  app: App,
  services: Services,
  path: string,
  noun: string,
  routes: Readonly<Record<keyof typeof OF_ONE, readonly string[]>>,
): void {
  const base = path.slice(0, path.lastIndexOf("/"));
  const schema = { hide: true };
  app.post(base, { onRequest: allow(services, "video:write"), schema }, () => {
    throw new ApiError("forbidden", [ABSENT]);
  });
  const id = path.slice(path.lastIndexOf(":") + 1);
  for (const [method, ends] of Object.entries(routes))
    for (const end of ends)
      app.route({
        method,
        url: path + end,
        onRequest: allow(services, method === "GET" ? "video:read" : "video:write"),
        schema,
        handler: ({ params }) => {
          throw missing(noun, (params as Record<string, string>)[id] ?? "");
        },
      });
}

function missing(noun: string, id: string): ApiError {
  return new ApiError("not_found", [
    `${noun} ${id.slice(0, 100)} does not exist, or does not belong to this environment. ${ABSENT}`,
  ]);
}
