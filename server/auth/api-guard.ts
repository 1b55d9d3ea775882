import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../../domain/errors.ts";
import { requireEnvironment } from "../dashboard/environments.ts";
import type { Services } from "../http/services.ts";
import { authenticateToken, type Caller, requireScope } from "./access-tokens.ts";
import { countRequest } from "./count-request.ts";
import { notePermission } from "./route-permission.ts";
import { ROLE_SCOPES, type Scope } from "./scopes.ts";
import { bearerToken } from "./session-guard.ts";
import { findSession, type Person } from "./sessions.ts";

/** Names the environment that a person's request is about; access tokens belong to one already. */
const ENVIRONMENT_HEADER = "x-playhead-environment";

/** Tells who calls the API and counts the call against the caller's rate; 401 or 429 otherwise. */
export async function requireCaller(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
  const nowMs = services.now();
  const caller = await findCaller(services, request, nowMs);
  if (caller === null) {
    reply.header("www-authenticate", 'Basic realm="Playhead API"');
    throw new ApiError("unauthorized", ["Send a valid access token: its id and secret by Basic authentication"]);
  }
  countRequest(services, reply, caller.id, "This caller makes too many requests");
  return caller;
}

const callers = new WeakMap<FastifyRequest, Caller>();

/** An `onRequest` hook: who may not come in learns nothing of what the body should have been. */
export function allow(services: Services, scope: Scope) {
  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const caller = await requireCaller(services, request, reply);
    requireScope(caller, scope);
    callers.set(request, caller);
  };
  return notePermission(guard, scope);
}

/** The caller that {@link allow} let in. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error("this route has no guard");
  return caller;
}

async function findCaller(services: Services, request: FastifyRequest, nowMs: number): Promise<Caller | null> {
  const sessionToken = bearerToken(request);
  if (sessionToken === null) return authenticateToken(services.db, request.headers.authorization, nowMs);
  const session = await findSession(services.db, sessionToken, nowMs);
  return session === null ? null : memberOf(services, session.person, request.headers[ENVIRONMENT_HEADER]);
}

/** The dashboard's way in: a session, and a member's environment. Any other environment is 404. */
async function memberOf(services: Services, person: Person, environmentId: unknown): Promise<Caller> {
  if (typeof environmentId !== "string" || environmentId === "")
    throw new ApiError("invalid_parameters", [`${ENVIRONMENT_HEADER}: name the environment`]);
  const { id, number, name, type, organization, role } = await requireEnvironment(
    services.db,
    person.id,
    environmentId,
  );
  return {
    kind: "person",
    id: `person:${person.id}`,
    name: person.name,
    scopes: ROLE_SCOPES[role],
    environmentId: number,
    environment: { id, name, type },
    organization,
  };
}
