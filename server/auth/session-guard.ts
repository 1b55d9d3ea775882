import type { FastifyRequest } from "fastify";
import { ApiError } from "../../domain/errors.ts";
import type { Services } from "../http/services.ts";
import { findSession, type Session } from "./sessions.ts";

/** Longest header value worth hashing; ours have 43 characters. */
const BEARER = /^Bearer +([A-Za-z0-9_-]{1,200})$/i;

/** The living session of a request of the dashboard; 401 otherwise. */
export async function requireSession(services: Services, request: FastifyRequest): Promise<Session> {
  const token = bearerToken(request);
  const session = token === null ? null : await findSession(services.db, token, services.now());
  if (session === null) throw new ApiError("unauthorized", ["Sign in first"]);
  return session;
}

export function bearerToken(request: FastifyRequest): string | null {
  return BEARER.exec(request.headers.authorization ?? "")?.[1] ?? null;
}
