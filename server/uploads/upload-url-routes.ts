import type { IncomingMessage } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ApiError } from "../../domain/errors.ts";
import { PostgresUnavailable } from "../../platform/postgres/errors.ts";
import type { App } from "../http/app.ts";
import type { Services } from "../http/services.ts";
import { findUploadByToken } from "../video/uploads.ts";
import { allowOrigin, answerPreflight } from "./cors.ts";
import { receiveUpload } from "./receive-upload.ts";
import { type AnswerTus, createTus, speaksTus, TUS_METHODS } from "./tus/answer-tus.ts";

/** Requests that may take hours. */
export function isUpload({ url = "" }: IncomingMessage): boolean {
  return url.startsWith("/uploads/");
}

const Params = z.object({ token: z.string() });

/**
 * `{PUBLIC_API_URL}/uploads/{token}`: where files are sent, whole or in pieces (reference video-api.md §4.1). The URL is all that
 * is needed; never 500 or 429 for what a client may repeat, and no connection is cut before its answer. Who speaks tus 1.0 is
 * answered in tus: the bytes are the same.
 */
export function uploadUrlRoutes(app: App, services: Services): void {
  const answerTus = createTus(services);
  app.register(async (scope) => {
    // Bodies are taken as streams whatever they are said to be: the parser that buffers and limits is left out.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    scope.addHook("onRequest", async (request) => {
      if (speaksTus(request)) return;
      request.headers["content-type"] = "application/octet-stream"; // some clients send an empty or broken one
    });
    scope.route({
      method: ["PUT", "POST", "PATCH", "OPTIONS", ...TUS_METHODS],
      url: "/uploads/:token",
      bodyLimit: Number.MAX_SAFE_INTEGER,
      schema: { hide: true, params: Params },
      handler: async (request, reply) => {
        allowOrigin(request, reply, null); // until the upload is known: a page cannot read answers without it
        try {
          const { token } = Params.parse(request.params);
          if (request.method === "OPTIONS") return await preflight(services, token, request, reply);
          return await services.uploads.run(token, () => take(services, answerTus, token, request, reply));
        } finally {
          request.raw.resume(); // what nobody wants is still read, or the client would never see its answer
        }
      },
    });
  });
}

/**
 * Never a refusal that passes: browsers tell of it as status 0, after which clients give up. So it is no matter of how many there
 * are, and goes without the upload when that cannot be looked up; the request that follows is answered as it must be.
 */
async function preflight(
  { db }: Services,
  token: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    const upload = await findUploadByToken(db, token);
    if (upload !== undefined) allowOrigin(request, reply, upload.cors_origin);
  } catch (error) {
    if (!(error instanceof PostgresUnavailable)) throw error;
    request.log.warn({ err: error }, "preflight answered without its upload");
  }
  return answerPreflight(request, reply);
}

async function take(
  services: Services,
  answerTus: AnswerTus,
  token: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const upload = await findUploadByToken(services.db, token);
  if (upload !== undefined) allowOrigin(request, reply, upload.cors_origin);
  if (upload === undefined) throw new ApiError("not_found", ["There is no upload with this URL"]);
  if (speaksTus(request)) return answerTus(upload, request, reply);

  const answer = await receiveUpload(services, upload, request.raw);
  if (answer.kind === "complete") return reply.code(200).send();
  if (answer.contiguousBytes > 0) reply.header("range", `bytes=0-${answer.contiguousBytes - 1}`);
  return reply.code(308).send();
}
