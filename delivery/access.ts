import { PlaybackError } from "./playback-error.ts";
import type { PlaybackFacts, PlaybackIds } from "./playback-ids.ts";
import { PUBLIC_GRANT } from "./route.ts";

/** A playback id whose asset can be played. */
export type Playable = PlaybackFacts & { planId: string };

/**
 * What may be played under a playback id, by the token of the URL (reference video-api.md §8.6 and its finding 14). Rejects
 * with 404 for unknown and deleted ids alike, 403 where the token decides against, 412 where the asset is not ready.
 */
export async function openPlaybackId(ids: PlaybackIds, playbackId: string, query: URLSearchParams): Promise<Playable> {
  const facts = await findActive(ids, playbackId);
  // SDKs up to 15.0 write TOKEN (reference video-api.md §8.1).
  const hasToken = query.has("token") || query.has("TOKEN");
  if (facts.policy === "signed") {
    throw new PlaybackError("forbidden", [
      hasToken
        ? "The token is signed by no key of this environment"
        : "The token is missing: this playback id is signed",
    ]);
  }
  if (hasToken) throw new PlaybackError("forbidden", ["A public playback id takes no token"]);
  return playable(facts);
}

/** The same for what playlists point to: the grant in the path stands for the token. Old plans stay playable. */
export async function openGrant(ids: PlaybackIds, playbackId: string, grant: string): Promise<PlaybackFacts> {
  const facts = await findActive(ids, playbackId);
  if (facts.policy !== "public" || grant !== PUBLIC_GRANT) {
    throw new PlaybackError("forbidden", ["The grant in this URL is not valid: load the playlist again"]);
  }
  return facts;
}

async function findActive(ids: PlaybackIds, playbackId: string): Promise<PlaybackFacts> {
  const facts = await ids.find(playbackId);
  if (facts?.isActive !== true) throw new PlaybackError("not_found", ["This playback id does not exist"]);
  return facts;
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
