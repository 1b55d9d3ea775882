import { z } from "zod";
import { liveBucket } from "../../../domain/data-api/live-range.ts";
import { ApiError } from "../../../domain/errors.ts";
import { AUDIENCE_KINDS, type AudienceRow, askAudience } from "../../../domain/monitoring/ask-audience.ts";
import { BUCKET_MS } from "../../../domain/monitoring/socket-wire.ts";
import { checkSignedToken, type TokenRefusal } from "../../../platform/tokens/signed-token.ts";
import { countRequest } from "../../auth/count-request.ts";
import { findSigningKey } from "../../auth/signing-keys.ts";
import { sourceOf } from "../../auth/source-of.ts";
import type { App } from "../../http/app.ts";
import { requestAddress } from "../../http/client.ts";
import { ErrorBody } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { liveClock } from "../live.ts";
import { secondsText } from "./monitoring-params.ts";

const REFUSED: Readonly<Record<TokenRefusal, string>> = {
  malformed: "is no token signed with RS256 that has kid, sub, aud and exp",
  unknown_key: "is signed with a key that does not exist any more, or never did",
  bad_signature: "has a signature that does not fit",
  expired: "is expired",
  wrong_subject: "is for another id",
  no_audience: "has no aud",
  wrong_audience: `has an aud that is none of ${AUDIENCE_KINDS.join(", ")}`,
};

/** What scripts of pages may read of the headers. */
const TOLD = "retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset";

const Query = z.object({
  token: z.string().min(1).describe("JWT: RS256, kid of a signing key, sub: the id, aud: what it is the id of, exp"),
});

const Row: z.ZodType<AudienceRow> = z.object({ views: z.number(), viewers: z.number() });

const CountsWire = z.object({
  data: z.array(
    z.object({
      views: z.number().describe("Views that play now"),
      viewers: z.number().describe("Different viewers among them; views without a viewer id do not count"),
      updated_at: z.iso.datetime().describe("Everything that arrived before this moment is counted"),
    }),
  ),
});

/**
 * GET /counts?token=…: how many watch one video, asset, playback id or live stream just now, for public pages (reference
 * data-api.md §9.4). The token, signed by the customer, is all that it takes; so any page may ask. Each address has the rate of
 * an access token.
 */
export function countsRoute(app: App, services: Services): void {
  app.get(
    "/counts",
    {
      // before the query is read: a page sees why it was refused, too
      onRequest: async (request, reply) => {
        reply.headers({ "access-control-allow-origin": "*", "access-control-expose-headers": TOLD });
        const source = sourceOf(requestAddress(request, services.trustedProxies));
        countRequest(services, reply, `address:${source}`, "Too many requests come from this address");
      },
      schema: {
        summary: "How many are watching now",
        tags: ["Counts"],
        security: [],
        querystring: Query,
        response: { 200: CountsWire, 400: ErrorBody, 401: ErrorBody, 429: ErrorBody, 503: ErrorBody },
      },
    },
    async (request) => {
      const { key, subject, audience } = await requireToken(services, request.query.token);
      const bucketMs = liveBucket(undefined, await liveClock(services));
      const of = { environmentId: key.environmentId, kind: audience, id: subject };
      // one question in five seconds for each thing that is watched, however many pages ask
      const options = { name: "audience", keepMs: BUCKET_MS };
      const rows = await services.analytics.ask(askAudience(of, bucketMs), Row, options);
      return { data: rows.map((row) => ({ ...row, updated_at: secondsText(bucketMs) })) };
    },
  );
}

async function requireToken(services: Services, token: string) {
  const checked = await checkSignedToken(token, {
    audiences: AUDIENCE_KINDS,
    findKey: (id) => findSigningKey(services.db, id),
    nowMs: services.now(),
  });
  if (checked.kind === "valid") return checked;
  throw new ApiError("unauthorized", [`token: ${REFUSED[checked.reason]}`]);
}
