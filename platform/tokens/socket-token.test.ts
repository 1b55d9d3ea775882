import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { SOCKET_TOKEN_SECONDS, signSocketToken, verifySocketToken } from "./socket-token.ts";

const secret = new Uint8Array(32).fill(7);
const nowMs = Date.UTC(2026, 10, 23, 10, 0, 0);
const grant = { personId: "person", environmentId: 5 as EnvironmentId, scopes: ["monitoring:read"] };
const nowSeconds = nowMs / 1_000;

/** A token signed with our secret whose claims differ from ours in one point. */
function forge(claims: Record<string, unknown>, audience = "playhead-socket"): Promise<string> {
  return new SignJWT({ env: 5, scopes: [], sub: "person", exp: nowSeconds + 60, ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(audience)
    .sign(secret);
}

describe("socket token", () => {
  it("gives back the grant and lives five minutes to the second", async () => {
    const token = await signSocketToken(grant, secret, nowMs);
    const expiresAtMs = nowMs + SOCKET_TOKEN_SECONDS * 1_000;
    expect(SOCKET_TOKEN_SECONDS).toBe(300);
    expect(await verifySocketToken(token, secret, nowMs)).toEqual({ ...grant, expiresAtMs });
    expect(await verifySocketToken(token, secret, expiresAtMs - 1_000)).not.toBeNull();
    expect(await verifySocketToken(token, secret, expiresAtMs)).toBeNull();
  });

  it("refuses another secret, a changed claim and an unsigned token", async () => {
    const token = await signSocketToken(grant, secret, nowMs);
    const [header = "", payload = "", signature = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    expect(await verifySocketToken(token, new Uint8Array(32).fill(8), nowMs)).toBeNull();
    expect(
      await verifySocketToken(`${header}.${encode({ ...claims, env: 6 })}.${signature}`, secret, nowMs),
    ).toBeNull();
    expect(await verifySocketToken(`${encode({ alg: "none" })}.${payload}.`, secret, nowMs)).toBeNull();
  });

  it.each([
    ["no environment", { env: undefined }],
    ["environment 0", { env: 0 }],
    ["an environment that is no number", { env: "5" }],
    ["scopes that are no strings", { scopes: [1] }],
    ["no person", { sub: undefined }],
    ["no expiry", { exp: undefined }],
  ])("refuses our own signature over %s", async (_, claims) => {
    expect(await verifySocketToken(await forge(claims), secret, nowMs)).toBeNull();
  });

  it("refuses a token made for another audience, and text that is no token", async () => {
    expect(await verifySocketToken(await forge({}, "elsewhere"), secret, nowMs)).toBeNull();
    expect(await verifySocketToken(await forge({}), secret, nowMs)).not.toBeNull();
    for (const text of ["", "a", "a.b.c", "..", "💥.💥.💥"]) {
      expect(await verifySocketToken(text, secret, nowMs)).toBeNull();
    }
  });
});
