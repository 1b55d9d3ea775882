import { createHmac, createSign } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { makeSigningKey, type SigningKeyPair } from "./make-signing-key.ts";
import { checkSignedToken } from "./signed-token.ts";

const NOW_MS = Date.UTC(2026, 10, 23);
const EXP = NOW_MS / 1_000 + 60;
const GOOD = { sub: "AbC", aud: "asset_id", exp: EXP };
const HEADER = { alg: "RS256", typ: "JWT", kid: "k1" };

let pair: SigningKeyPair;
let stranger: SigningKeyPair;
beforeAll(async () => {
  [pair, stranger] = await Promise.all([makeSigningKey(), makeSigningKey()]);
});

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

function sign(claims: object, header: object = HEADER, privateKey = pair.privateKey): string {
  const text = `${encoded(header)}.${encoded(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
}

const check = (token: string, nowMs = NOW_MS, subject?: string) =>
  checkSignedToken(token, {
    audiences: ["asset_id", "video_id"],
    ...(subject === undefined ? {} : { subject }),
    findKey: async (id) => (id === "k1" ? { publicKey: pair.publicKey, environment: 7 } : null),
    nowMs,
  });

describe("checkSignedToken", () => {
  it("tells whose token it is and what it is for", async () => {
    const key = { publicKey: pair.publicKey, environment: 7 };
    const valid = { kind: "valid", key, subject: "AbC", audience: "asset_id", expiresAtMs: EXP * 1_000 };
    expect(await check(sign(GOOD))).toEqual({ ...valid, claims: GOOD });
    const claims = { ...GOOD, kid: "k1", time: "3" };
    expect(await check(sign(claims, { alg: "RS256" }))).toEqual({ ...valid, claims });
    expect(await check(sign(GOOD), EXP * 1_000 - 1_000)).toMatchObject(valid);
    expect(await check(sign(GOOD), NOW_MS, "AbC")).toMatchObject(valid);
    for (const aud of [["asset_id"], ["v", "asset_id"]])
      expect(await check(sign({ ...GOOD, aud }))).toMatchObject(valid);
  });

  it("tells of several faults the one that players look for first", async () => {
    const faults = { sub: "Other", aud: "d", exp: NOW_MS / 1_000 };
    const reasonOf = async (claims: object) => {
      const checked = await check(sign(claims), NOW_MS, "AbC");
      return checked.kind === "refused" ? checked.reason : checked.kind;
    };
    expect(await reasonOf(faults)).toBe("expired");
    expect(await reasonOf({ ...faults, aud: undefined })).toBe("expired");
    expect(await reasonOf({ ...faults, exp: EXP })).toBe("wrong_subject");
    expect(await reasonOf({ sub: "AbC", exp: EXP })).toBe("no_audience");
    expect(await reasonOf({ ...GOOD, aud: "d" })).toBe("wrong_audience");
  });

  it.each([
    ["expired", () => sign({ ...GOOD, exp: NOW_MS / 1_000 })],
    ["wrong_audience", () => sign({ ...GOOD, aud: "v" })],
    ["wrong_audience", () => sign({ ...GOOD, aud: ["asset_id", "video_id"] })],
    ["malformed", () => sign({ aud: "asset_id", exp: EXP })],
    ["malformed", () => sign({ sub: "AbC", aud: "asset_id" })],
    ["no_audience", () => sign({ sub: "AbC", exp: EXP })],
    ["no_audience", () => sign({ ...GOOD, aud: "" })],
    ["no_audience", () => sign({ ...GOOD, aud: [] })],
    ["wrong_audience", () => sign({ ...GOOD, aud: ["v", "t"] })],
    ["wrong_audience", () => sign({ ...GOOD, aud: [["asset_id"]] })],
    ["wrong_audience", () => sign({ ...GOOD, aud: { 0: "asset_id" } })],
    ["malformed", () => sign({ ...GOOD, sub: 7 })],
    ["malformed", () => sign({ ...GOOD, exp: "tomorrow" })],
    ["malformed", () => sign({ ...GOOD, nbf: EXP })],
    ["malformed", () => sign(GOOD, { alg: "RS256" })],
    ["malformed", () => sign(GOOD, { ...HEADER, alg: "RS512" })],
    ["malformed", () => sign({ ...GOOD, long: "x".repeat(9_000) })],
    ["unknown_key", () => sign(GOOD, { ...HEADER, kid: "k2" })],
    ["bad_signature", () => sign(GOOD, HEADER, stranger.privateKey)],
    ["bad_signature", () => sign(GOOD).replace(encoded(GOOD), encoded({ ...GOOD, sub: "Other" }))],
    ["malformed", () => `${encoded({ ...HEADER, alg: "none" })}.${encoded(GOOD)}.`],
    ["malformed", hmacWithPublicKey],
  ] as const)("refuses as %s: case %#", async (reason, make) => {
    expect(await check(make())).toEqual({ kind: "refused", reason });
  });

  it("takes nothing else for a token", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.jsonValue({ maxDepth: 2 }).map((value) => `${encoded({ value })}.a.b`),
        ),
        async (text) => {
          expect((await check(text)).kind).toBe("refused");
        },
      ),
    );
  });
});

/** The public key is no secret: a token "signed" with its text must not pass. */
function hmacWithPublicKey(): string {
  const text = `${encoded({ ...HEADER, alg: "HS256" })}.${encoded(GOOD)}`;
  return `${text}.${createHmac("sha256", pair.publicKey).update(text).digest("base64url")}`;
}
