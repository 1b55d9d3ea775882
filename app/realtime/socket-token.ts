import { REQUEST_HEADER } from "../session/forwarding.ts";

/** A right to listen to one environment for a few minutes. */
export interface SocketToken {
  token: string;
  socketUrl: string;
  /** By the server's clock, so that a page whose clock is wrong renews in time as well. */
  lifetimeMs: number;
}

export type SocketTokenAnswer =
  | { kind: "ok"; token: SocketToken }
  /** The session is over: nothing but signing in helps. */
  | { kind: "signed_out" }
  /** The environment is not, or no longer, this person's. */
  | { kind: "denied" }
  | { kind: "unavailable" };

/** A server that takes a request and never answers counts as down; the platform alone would wait for five minutes. */
const TIMEOUT_MS = 10_000;

/** Asks our own origin for a socket token. Never rejects. */
export async function fetchSocketToken(environment: string, signal: AbortSignal): Promise<SocketTokenAnswer> {
  try {
    const answer = await fetch(`/api/environments/${environment}/socket-token`, {
      method: "POST",
      headers: { [REQUEST_HEADER]: "1" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (answer.status === 401) return { kind: "signed_out" };
    if (answer.status === 403 || answer.status === 404) return { kind: "denied" };
    if (!answer.ok) return { kind: "unavailable" };
    const wire: unknown = await answer.json();
    return readToken(wire, Date.parse(answer.headers.get("date") ?? ""));
  } catch {
    return { kind: "unavailable" };
  }
}

function readToken(wire: unknown, serverNowMs: number): SocketTokenAnswer {
  if (typeof wire !== "object" || wire === null) return { kind: "unavailable" };
  const { token, expires_at: expiresAt, socket_url: socketUrl } = wire as Record<string, unknown>;
  if (typeof token !== "string" || typeof expiresAt !== "string" || typeof socketUrl !== "string") {
    return { kind: "unavailable" };
  }
  const nowMs = Number.isFinite(serverNowMs) ? serverNowMs : Date.now();
  return { kind: "ok", token: { token, socketUrl, lifetimeMs: Date.parse(expiresAt) - nowMs } };
}
