import { beforeAll, describe, expect, it } from "vitest";
import { makeSigningKey, type SigningKeyPair } from "../platform/tokens/make-signing-key.ts";
import { createAccess, type Wish } from "./access.ts";
import { PlaybackError } from "./playback-error.ts";
import { signToken } from "./testing/signing.ts";
import { createGrants } from "./tokens/grants.ts";

const NOW_MS = 1_800_000_000_000;
const ID = "a".repeat(44);
const KEY_ID = "k".repeat(44);
const NOBODY = { referrer: null, origin: null, userAgent: null };

let pair: SigningKeyPair;
beforeAll(async () => {
  pair = await makeSigningKey();
});

const access = () =>
  createAccess({
    playbackIds: {
      find: async () => ({
        ...{ policy: "signed", isActive: true, environment: "abc123", environmentNumber: 1, assetId: "asset" },
        ...{ status: "ready", planId: "0123456789abcdef", title: null, thumbnailSeconds: null },
        ...{ textTracks: [], soundTracks: [] },
      }),
    },
    rules: {
      signingKey: async (_, id) => (KEY_ID.startsWith(id) ? { id: KEY_ID, publicKey: pair.publicKey } : null),
      restriction: async () => null,
    },
    grants: createGrants(["a-secret-of-at-least-32-characters"]),
    nowMs: () => NOW_MS,
  });

function open(audience: Wish["audience"], claims: object, more: string) {
  const named = { kid: KEY_ID, sub: ID, aud: audience, exp: NOW_MS / 1_000 + 60, ...claims };
  const token = signToken(pair.privateKey, named, { alg: "RS256" });
  const query = new URLSearchParams(`token=${token}${more}`);
  return access().open({ playbackId: ID, audience, query, visitor: NOBODY });
}

describe("what stands beside a token", () => {
  it("may be the format of a storyboard, as the reference's player writes it, where the claims do not say", async () => {
    expect((await open("s", {}, "&format=webp")).query.toString()).toBe("format=webp");
    expect((await open("s", { format: "png" }, "&format=webp")).query.toString()).toBe("format=png");
    for (const audience of ["v", "t", "g"] as const) {
      await expect(open(audience, {}, "&format=webp")).rejects.toBeInstanceOf(PlaybackError);
    }
    await expect(open("s", {}, "&format=webp&asset_start_time=3")).rejects.toMatchObject({
      type: "invalid_parameters",
    });
  });
});

it("claims are parameters, but for the token's own", async () => {
  const claims = { iat: 1, custom: { a: 1 }, width: 16, height: "9", flip_h: true, nothing: null };
  expect([...(await open("t", claims, "")).query]).toEqual([
    ["width", "16"],
    ["height", "9"],
    ["flip_h", "true"],
  ]);
});
