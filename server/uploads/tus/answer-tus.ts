import { Readable } from "node:stream";
import { Server } from "@tus/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import { MAX_UPLOAD_BYTES } from "../../../domain/upload/content-range.ts";
import type { UploadRow } from "../../video/uploads.ts";
import { changedMeanwhile, isOvertaken, type UploadServices } from "../complete-upload.ts";
import { asRefusal } from "../receive-upload.ts";
import { stoppingError } from "../upload-gate.ts";
import { DraftStore, TUS_VERSION } from "./draft-store.ts";

/** Methods that PUT, POST and PATCH of plain uploads do not have. */
export const TUS_METHODS = ["HEAD", "DELETE"] as const;

export type AnswerTus = (upload: UploadRow, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Whether a request speaks tus; every one but a preflight says so itself. */
export function speaksTus({ method, headers }: FastifyRequest): boolean {
  return headers["tus-resumable"] !== undefined || TUS_METHODS.some((one) => one === method);
}

/**
 * tus 1.0 (tus.io/protocols/resumable-upload) on the URL of an upload, by `@tus/server`. Rejects with ApiError, which is answered as
 * everywhere; what only tus knows (an offset that is not the next: 409) is answered as the library does.
 */
export function createTus(services: UploadServices): AnswerTus {
  const store = new DraftStore(services);
  const failures = new WeakMap<object, Error>();
  const server = new Server({
    path: "/uploads",
    datastore: store,
    maxSize: MAX_UPLOAD_BYTES,
    namingFunction: (request) => tokenOf(request.url),
    generateUrl: (_request, { id }) => id, // relative to itself: right behind any proxy
    onUploadFinish: async (_request, { id, size = 0 }) => {
      await store.complete(id, size);
      return {};
    },
    onResponseError: (request, error) => {
      if (error instanceof Error) failures.set(request, error);
      return undefined;
    },
  });
  return async (upload, request, reply) => {
    if (request.headers["tus-resumable"] !== TUS_VERSION)
      return reply.code(412).headers({ "tus-resumable": TUS_VERSION, "tus-version": TUS_VERSION }).send();
    const asked = webRequest(request, services.publicApiUrl);
    const answer = await server.handleWeb(asked);
    // the library calls a body that was cut an aborted request, 400, after which clients would not come again
    if (answer.status >= 400 && services.uploads.signal.aborted) throw stoppingError();
    const failure = failures.get(asked);
    if (failure !== undefined) {
      if (await isOvertaken(services, upload, failure)) throw changedMeanwhile({ cause: failure });
      throw asRefusal(failure, request.raw);
    }
    for (const [name, value] of answer.headers) {
      if (!name.startsWith("access-control-") && name !== "content-length") reply.header(name, value);
    }
    return reply.code(answer.status).send(await answer.text());
  };
}

function webRequest({ method, url, headers, raw }: FastifyRequest, origin: string): Request {
  const hasBody = method === "POST" || method === "PATCH";
  const sent = Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
  return new Request(new URL(url, origin), {
    method,
    headers: sent as [string, string][],
    ...(hasBody ? { body: Readable.toWeb(raw) as ReadableStream, duplex: "half" } : {}),
  } as RequestInit);
}

function tokenOf(url: string): string {
  return new URL(url).pathname.split("/").at(-1) ?? "";
}
