import type { NextRequest } from "next/server";
import type { ApiErrorType, ErrorWire } from "../../../../../domain/errors.ts";
import { API_ERRORS } from "../../../../../domain/errors.ts";
import { type AppConfig, readConfig } from "../../../../config.ts";
import { type ForwardTarget, forwardTarget, isOwnPage } from "../../../../session/forwarding.ts";
import { readSessionToken } from "../../../../session/session-token.ts";

type Context = { params: Promise<{ environment: string; path: string[] }> };

/** The only headers that cross; cookies never do, in either direction. */
const REQUEST_HEADERS = ["accept", "content-type", "x-forwarded-for"];
const RESPONSE_HEADERS = ["content-type", "retry-after"];

/** Hands a listed request of our own page to the server, with the session token that script cannot see. */
async function forward(request: NextRequest, context: Context): Promise<Response> {
  const { environment, path } = await context.params;
  const target = forwardTarget(request.method, environment, path);
  if (target === null) return refuse("not_found", "There is nothing here");
  const config = readConfig();
  if (!isOwnPage(request.method, request.headers, config.appOrigin)) {
    return refuse("forbidden", "Only the dashboard's own pages may ask this");
  }
  const sessionToken = await readSessionToken(request.cookies.getAll(), config);
  if (sessionToken === null) return refuse("unauthorized", "Sign in first");
  try {
    return await passOn(request, target, sessionToken, config);
  } catch {
    return refuse("unavailable", "The server does not answer");
  }
}

async function passOn(
  request: NextRequest,
  target: ForwardTarget,
  token: string,
  config: AppConfig,
): Promise<Response> {
  const headers = new Headers({ ...target.headers, authorization: `Bearer ${token}` });
  for (const name of REQUEST_HEADERS) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const answer = await fetch(new URL(`${target.path}${request.nextUrl.search}`, config.apiUrl), {
    method: request.method,
    headers,
    // streamed both ways: nothing of it is kept here
    ...(request.body === null ? {} : { body: request.body, duplex: "half" as const }),
    cache: "no-store",
    redirect: "manual",
    signal: request.signal,
  });
  const kept = new Headers({ "cache-control": "no-store" });
  for (const name of RESPONSE_HEADERS) {
    const value = answer.headers.get(name);
    if (value !== null) kept.set(name, value);
  }
  return new Response(answer.body, { status: answer.status, headers: kept });
}

function refuse(type: ApiErrorType, message: string): Response {
  const body: ErrorWire = { error: { type, messages: [message] } };
  return Response.json(body, { status: API_ERRORS[type], headers: { "cache-control": "no-store" } });
}

export { forward as DELETE, forward as GET, forward as PATCH, forward as POST, forward as PUT };
