import { errors, jwtVerify, SignJWT } from "jose";
import { type EnvironmentId, isEnvironmentId } from "../../domain/identifiers.ts";

/** What a socket may see, and for whom it was opened. */
export interface SocketGrant {
  personId: string;
  environmentId: EnvironmentId;
  scopes: readonly string[];
}

export const SOCKET_TOKEN_SECONDS = 300;
const AUDIENCE = "playhead-socket";

/** Signs a grant for 5 minutes (JWT, HS256). The secret is shared by server, which signs, and collector, which checks. */
export function signSocketToken(grant: SocketGrant, secret: Uint8Array, nowMs: number): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1_000);
  return new SignJWT({ env: grant.environmentId, scopes: grant.scopes })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(grant.personId)
    .setAudience(AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + SOCKET_TOKEN_SECONDS)
    .sign(secret);
}

/** The grant and its expiry, or null for anything that is not a living token of ours. */
export async function verifySocketToken(
  token: string,
  secret: Uint8Array,
  nowMs: number,
): Promise<(SocketGrant & { expiresAtMs: number }) | null> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: ["HS256"],
      audience: AUDIENCE,
      currentDate: new Date(nowMs),
      requiredClaims: ["sub", "exp"],
    });
    const { sub, exp, env, scopes } = payload;
    if (typeof sub !== "string" || typeof exp !== "number" || !isEnvironmentId(env) || !isStrings(scopes)) return null;
    return { personId: sub, environmentId: env, scopes, expiresAtMs: exp * 1_000 };
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
