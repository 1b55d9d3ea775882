import { createHmac, timingSafeEqual } from "node:crypto";

/** What a token allows, for the URLs that its playlists name. */
export interface Grant {
  /** Unix milliseconds. */
  expiresAtMs: number;
  /** Short id of the key that signed the token: a deleted key takes its grants with it. */
  key: string;
  /** Short id. */
  restriction: string | null;
  /** Of the asset; null: all of it. */
  clip: GrantedClip | null;
}

/** Times of the asset in whole milliseconds, short in URLs: whatever overlaps [startMs, endMs). */
export interface GrantedClip {
  startMs: number;
  endMs: number;
}

export interface Grants {
  /** For the path: letters, digits, `.`, `_`, `-`. Lives up to a minute longer than `expiresAtMs`. */
  issue(playbackId: string, grant: Grant): string;
  /** Null for what none of our secrets made for this playback id. Whether it is expired is not looked at. */
  read(playbackId: string, text: string): Grant | null;
}

const RADIX = 36;
/** So that viewers whose tokens end in the same minute share their URLs, and caches what is behind them. */
const ROUND_SECONDS = 60;
/** A year that no token needs: keeps the number short. */
const MAX_EXPIRY_SECONDS = 2 ** 40;
/** Of the 32 bytes of HMAC-SHA256, RFC 2104 §5: not less than half. */
const MAC_BYTES = 16;

/** @param secrets the first signs, all are believed: a new one is put in front, and the old one leaves when its grants have */
export function createGrants(secrets: readonly string[]): Grants {
  const [current, ...former] = secrets.map((secret) => createHmac("sha256", secret).update("playhead grants").digest());
  if (current === undefined) throw new RangeError("Grants need a secret");
  return {
    issue: (playbackId, grant) => {
      const claims = encode(grant);
      return `${claims}.${macOf(current, playbackId, claims)}`;
    },
    read: (playbackId, text) => {
      const at = text.lastIndexOf(".");
      const claims = text.slice(0, Math.max(0, at));
      const mac = Buffer.from(text.slice(at + 1));
      const isOurs = [current, ...former].some((secret) => equal(mac, Buffer.from(macOf(secret, playbackId, claims))));
      return isOurs ? decode(claims) : null;
    },
  };
}

/** The playback id has no space, so that nothing can move over from one part to the other. */
function macOf(secret: Buffer, playbackId: string, claims: string): string {
  const mac = createHmac("sha256", secret).update(`${playbackId} ${claims}`).digest();
  return mac.subarray(0, MAC_BYTES).toString("base64url");
}

/** Compared as text: base64url has several spellings of the same bytes, of which only ours is one. */
function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function encode({ expiresAtMs, key, restriction, clip }: Grant): string {
  const minutes = Math.ceil(expiresAtMs / 1_000 / ROUND_SECONDS);
  const seconds = Math.min(minutes * ROUND_SECONDS, MAX_EXPIRY_SECONDS);
  const span = clip === null ? "" : `${clip.startMs.toString(RADIX)}_${clip.endMs.toString(RADIX)}`;
  return [seconds.toString(RADIX), key, restriction ?? "", span].join(".");
}

/** Only ever of our own writing. */
function decode(claims: string): Grant {
  const [seconds = "", key = "", restriction = "", span = ""] = claims.split(".");
  const [startMs = 0, endMs = 0] = span.split("_").map((text) => Number.parseInt(text, RADIX));
  return {
    expiresAtMs: Number.parseInt(seconds, RADIX) * 1_000,
    key,
    restriction: restriction === "" ? null : restriction,
    clip: span === "" ? null : { startMs, endMs },
  };
}
