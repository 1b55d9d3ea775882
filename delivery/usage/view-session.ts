import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** Parameter of playlists' URIs, and of a page's own, by which the requests of one view know each other (docs/decisions/usage.md). */
export const VIEW_NAME = "vsid";
/** 96 bits, in 16 letters. */
const BYTES = 12;
const VIEW_SESSION = /^[A-Za-z0-9_-]{16,64}$/;

/** For the URIs of a multivariant playlist, whose viewer is about to begin. */
export function newViewParameter(): string {
  return viewParameter(randomBytes(BYTES).toString("base64url"));
}

function viewParameter(session: string): string {
  return `${VIEW_NAME}=${session}`;
}

/** The same again, for what a playlist with it leads to. Null where it has none that could be ours. */
export function viewParameterOf(query: URLSearchParams): string | null {
  const session = query.get(VIEW_NAME);
  return session !== null && VIEW_SESSION.test(session) ? viewParameter(session) : null;
}

/** `sid` of CMCD (CTA-5004 §3): a text of at most 64 characters. */
const SESSION_KEY = /(?:^|,)\s*sid="((?:[^"\\]|\\.){1,64})"/;

/**
 * Whose segment it is: what the player says of itself (CMCD, in the query or a header), else what its playlist said. Null
 * where nobody says anything.
 */
export function sessionOf(query: URLSearchParams, headers: IncomingHttpHeaders): string | null {
  const header = headers["cmcd-session"];
  const report = query.get("CMCD") ?? (Array.isArray(header) ? header.join(",") : header) ?? "";
  const told = SESSION_KEY.exec(report)?.[1];
  if (told !== undefined) return `cmcd:${told.toWellFormed()}`;
  const ours = query.get(VIEW_NAME);
  return ours !== null && VIEW_SESSION.test(ours) ? ours : null;
}

const connections = new WeakMap<object, string>();
const HASH_LETTERS = 22;

/**
 * Of a file that nobody names a session for: the client at the other end of the connection, so that what it fetches again does
 * not count again. Proxies send several clients over one connection, which what they forward tells apart; only its hash is kept.
 */
export function connectionSession({ socket, headers }: Pick<IncomingMessage, "socket" | "headers">): string {
  const connection = connections.get(socket) ?? randomUUID();
  connections.set(socket, connection);
  const client = [connection, headers["x-forwarded-for"], headers.forwarded, headers["user-agent"]];
  const hash = createHash("sha256").update(JSON.stringify(client)).digest("base64url");
  return `connection:${hash.slice(0, HASH_LETTERS)}`;
}
