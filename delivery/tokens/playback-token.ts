import { isMediaId } from "../../domain/asset/media-id.ts";
import { checkSignedToken, type TokenRefusal } from "../../platform/tokens/signed-token.ts";
import { PlaybackError } from "../playback-error.ts";
import type { SigningKey, TokenRules } from "./rules.ts";

/** What a token is for: `v` playlists, text and files, `t` thumbnails, `g` animated pictures, `s` storyboards. */
export type Audience = "v" | "t" | "g" | "s";

/** What a token that may be believed says. */
export interface PlaybackToken {
  key: SigningKey;
  /** Unix milliseconds. */
  expiresAtMs: number;
  /** Of `playback_restriction_id`. */
  restrictionId: string | null;
  /** Claims that stand for parameters of the URL. */
  parameters: URLSearchParams;
}

export interface TokenQuestion {
  token: string;
  environment: string;
  playbackId: string;
  audience: Audience;
  /** Unix milliseconds. */
  nowMs: number;
}

/** As the reference's player explains them to people (reference video-api.md §8.6). */
const REFUSED: Readonly<Record<TokenRefusal, string>> = {
  malformed: "The token is no JWT signed with RS256 that has kid, sub, aud and exp",
  unknown_key: "The token is signed by no key of this environment",
  bad_signature: "The token's signature does not fit its key",
  expired: "The token is expired: make a new one with a later exp",
  wrong_subject: "The token is for another playback id: its sub must be this one",
  no_audience: "The token has no aud",
  wrong_audience: "The token's aud is for another kind of URL: it must be",
};

/** Claims that are no parameters (RFC 7519 §4.1, reference video-api.md §8.7). */
const OWN_CLAIMS = new Set([
  "sub",
  "aud",
  "exp",
  "kid",
  "iat",
  "nbf",
  "iss",
  "jti",
  "playback_restriction_id",
  "custom",
]);

/** Checks the token of a signed playback id. Rejects with a `PlaybackError` that says what is wrong with it. */
export async function readPlaybackToken(rules: TokenRules, question: TokenQuestion): Promise<PlaybackToken> {
  const { token, environment, playbackId, audience, nowMs } = question;
  const checked = await checkSignedToken(token, {
    audiences: [audience],
    subject: playbackId,
    findKey: async (id) => (isMediaId(id) ? rules.signingKey(environment, id) : null),
    nowMs,
  });
  if (checked.kind === "refused") {
    const message = REFUSED[checked.reason];
    throw new PlaybackError("forbidden", [checked.reason === "wrong_audience" ? `${message} ${audience}` : message]);
  }
  const { key, expiresAtMs, claims } = checked;
  return { key, expiresAtMs, restrictionId: restrictionOf(claims), parameters: parametersOf(claims) };
}

function restrictionOf(claims: Readonly<Record<string, unknown>>): string | null {
  const id = claims["playback_restriction_id"];
  if (id === undefined || id === null) return null;
  if (typeof id === "string" && isMediaId(id)) return id;
  throw new PlaybackError("forbidden", ["The token's playback_restriction_id is no id of a playback restriction"]);
}

/** SDKs write numbers as text, people write numbers. */
function parametersOf(claims: Readonly<Record<string, unknown>>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(claims)) {
    const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    if (isPlain && !OWN_CLAIMS.has(name)) parameters.set(name, String(value));
  }
  return parameters;
}
