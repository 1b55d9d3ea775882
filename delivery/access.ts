import { type RestrictionRefusal, refusalOf, type Visitor } from "../domain/playback/restriction.ts";
import { type Caching, OPEN_CACHING } from "./cache-control.ts";
import { PlaybackError } from "./playback-error.ts";
import type { PlaybackFacts, PlaybackIds } from "./playback-ids.ts";
import { readGrantedClip } from "./playlists/granted-clip.ts";
import { type ChildOfPlan, PUBLIC_GRANT } from "./route.ts";
import type { GrantedClip, Grants } from "./tokens/grants.ts";
import { type Audience, type PlaybackToken, readPlaybackToken } from "./tokens/playback-token.ts";
import { shortId, type TokenRules } from "./tokens/rules.ts";
import { VIEW_NAME } from "./usage/view-session.ts";

/** A playback id whose asset can be played. */
export type Playable = PlaybackFacts & { planId: string };

/** What is asked for by hand: playlists, pictures. */
export interface Opened {
  facts: Playable;
  /** Parameters: of the query of a public id, of the token's claims for a signed one. */
  query: URLSearchParams;
  /** For the URLs of a playlist. */
  grant: string;
  clip: GrantedClip | null;
  caching: Caching;
  /** For URLs beside the playlist that take no grant. */
  token: string | null;
}

/** What playlists point to. Old plans stay playable. */
export interface OpenedChild {
  facts: PlaybackFacts;
  clip: GrantedClip | null;
  caching: Caching;
}

export interface Wish {
  playbackId: string;
  audience: Audience;
  query: URLSearchParams;
  visitor: Visitor;
}

export interface Access {
  /**
   * By the token of the URL (reference video-api.md §8.6 and its finding 14). Rejects with 404 for unknown and deleted ids
   * alike, 403 where the token decides against, 400 for parameters beside a token, 412 where the asset is not ready.
   */
  open(wish: Wish): Promise<Opened>;
  /** The same for what playlists point to: the grant in the path stands for the token. */
  openChild(child: Pick<ChildOfPlan, "playbackId" | "grant">, visitor: Visitor): Promise<OpenedChild>;
}

export interface AccessDeps {
  playbackIds: PlaybackIds;
  rules: TokenRules;
  grants: Grants;
  /** Unix milliseconds. */
  nowMs: () => number;
}

export function createAccess({ playbackIds, rules, grants, nowMs }: AccessDeps): Access {
  async function findActive(playbackId: string): Promise<PlaybackFacts> {
    const facts = await playbackIds.find(playbackId);
    if (facts?.isActive !== true) throw new PlaybackError("not_found", ["This playback id does not exist"]);
    return facts;
  }

  /** @param id of a restriction, whole or short */
  async function admit(environment: string, id: string | null, visitor: Visitor): Promise<void> {
    if (id === null) return;
    const restriction = await rules.restriction(environment, id);
    if (restriction === null) throw new PlaybackError("forbidden", ["The token's playback restriction does not exist"]);
    const refusal = refusalOf(restriction, visitor);
    if (refusal !== null) throw new PlaybackError("forbidden", [KEPT_OUT[refusal]]);
  }

  function grantOf(playbackId: string, token: PlaybackToken, clip: GrantedClip | null): string {
    const { expiresAtMs, key, restrictionId } = token;
    const restriction = restrictionId === null ? null : shortId(restrictionId);
    return grants.issue(playbackId, { expiresAtMs, key: shortId(key.id), restriction, clip });
  }

  async function openSigned(facts: PlaybackFacts, { playbackId, audience, query, visitor }: Wish): Promise<Opened> {
    const { environment } = facts;
    const token = onlyToken(query, audience);
    const read = await readPlaybackToken(rules, { token, environment, playbackId, audience, nowMs: nowMs() });
    await admit(environment, read.restrictionId, visitor);
    const format = audience === "s" ? query.get(FORMAT_NAME) : null;
    if (format !== null && !read.parameters.has(FORMAT_NAME)) read.parameters.set(FORMAT_NAME, format);
    const clip = audience === "v" ? readGrantedClip(read.parameters) : null;
    return {
      facts: playable(facts),
      query: read.parameters,
      grant: grantOf(playbackId, read, clip),
      clip,
      caching: { isShared: read.restrictionId === null, untilMs: read.expiresAtMs },
      token,
    };
  }

  return {
    open: async (wish) => {
      const facts = await findActive(wish.playbackId);
      if (facts.policy === "signed") return openSigned(facts, wish);
      const { query } = wish;
      if (hasToken(query)) throw new PlaybackError("forbidden", ["A public playback id takes no token"]);
      return { facts: playable(facts), query, grant: PUBLIC_GRANT, clip: null, caching: OPEN_CACHING, token: null };
    },
    openChild: async ({ playbackId, grant: text }, visitor) => {
      const facts = await findActive(playbackId);
      if (facts.policy === "public") {
        if (text !== PUBLIC_GRANT) throw noGrant();
        return { facts, clip: null, caching: OPEN_CACHING };
      }
      const grant = grants.read(playbackId, text);
      if (grant === null) throw noGrant();
      const { expiresAtMs, key, restriction, clip } = grant;
      if (expiresAtMs <= nowMs())
        throw new PlaybackError("forbidden", ["The token that this URL came from is expired"]);
      if ((await rules.signingKey(facts.environment, key)) === null) {
        throw new PlaybackError("forbidden", ["The key of the token that this URL came from is deleted"]);
      }
      await admit(facts.environment, restriction, visitor);
      return { facts, clip, caching: { isShared: restriction === null, untilMs: expiresAtMs } };
    },
  };
}

const KEPT_OUT: Readonly<Record<RestrictionRefusal, string>> = {
  referrer_missing: "The playback restriction asks for a Referer header",
  referrer_denied: "The playback restriction does not allow pages of this domain",
  user_agent_missing: "The playback restriction asks for a User-Agent header",
  user_agent_denied: "The playback restriction does not allow this user agent",
};

/** SDKs up to 15.0 write TOKEN (reference video-api.md §8.1). */
const TOKEN_NAMES = ["token", "TOKEN"];
/** Players add it to any URL; it says what they do, not what they want (CTA-5004). */
const REPORT_NAME = "CMCD";
/** The reference's player writes it beside the token of a storyboard (@mux/mux-player 3.14.0), which it only spells. */
const FORMAT_NAME = "format";

function hasToken(query: URLSearchParams): boolean {
  return TOKEN_NAMES.some((name) => query.has(name));
}

/** Everything else belongs into the token's claims: beside it anybody could change it. */
function onlyToken(query: URLSearchParams, audience: Audience): string {
  const [token, ...more] = TOKEN_NAMES.flatMap((name) => query.getAll(name));
  if (token === undefined || token === "") {
    throw new PlaybackError("forbidden", ["The token is missing: this playback id is signed"]);
  }
  const allowed = [...TOKEN_NAMES, REPORT_NAME, VIEW_NAME, ...(audience === "s" ? [FORMAT_NAME] : [])];
  const others = [...query.keys()].filter((name) => !allowed.includes(name));
  if (more.length > 0 || others.length > 0) {
    const what = others.length > 0 ? others.join(", ") : "a second token";
    throw new PlaybackError("invalid_parameters", [
      `A signed playback id takes its token alone: write ${what} into the token's claims`,
    ]);
  }
  return token;
}

function noGrant(): PlaybackError {
  return new PlaybackError("forbidden", ["The grant in this URL is not valid: load the playlist again"]);
}

function playable(facts: PlaybackFacts): Playable {
  if (facts.status === "errored") {
    throw new PlaybackError("not_ready", ["The asset is errored and will not become playable"]);
  }
  const { planId } = facts;
  if (facts.status !== "ready" || planId === null) {
    throw new PlaybackError("not_ready", ["The asset is not ready yet"]);
  }
  return { ...facts, planId };
}
