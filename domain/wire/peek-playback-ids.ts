import { isMediaId } from "../asset/media-id.ts";
import { ownText } from "../cut-text.ts";

/** First part of a playback URL's path: `https://stream.example.com/{id}.m3u8?…`, `https://stream.example.com/{id}/…`. */
const FIRST_PATH_PART = /^https?:\/\/[^/?#]{1,255}\/([A-Za-z0-9]{32,50})(?![A-Za-z0-9])/;

const NONE: readonly string[] = [];

/**
 * What of an event may be a playback id, the likeliest first: the source's URL says what is played, `video_id` only what
 * the page calls it, and mux-player gives that the playback id where the page gives it nothing (data-wire.md §9).
 * The first stands in full snapshots and changes of source alone, the second in every event (§4).
 */
export function peekPlaybackIds(raw: unknown): readonly string[] {
  const sourceUrl = read(raw, "vsour", "video_source_url");
  const ofSource = typeof sourceUrl === "string" ? firstPathPart(sourceUrl) : null;
  const videoId = read(raw, "vid", "video_id");
  const named = typeof videoId === "string" && videoId !== ofSource && isMediaId(videoId) ? videoId : null;
  if (ofSource === null) return named === null ? NONE : [named];
  return named === null ? [ofSource] : [ofSource, named];
}

/** Ids are remembered longer than the request that named them. */
function firstPathPart(url: string): string | null {
  const found = FIRST_PATH_PART.exec(url)?.[1];
  return found === undefined ? null : ownText(found);
}

/** True where every event of the view will name this id: `video_id` is never left out (data-wire.md §4). */
export function isVideoId(raw: unknown, playbackId: string): boolean {
  return read(raw, "vid", "video_id") === playbackId;
}

/** True where the player itself says what the video is called. */
export function hasTitle(raw: unknown): boolean {
  const title = read(raw, "vtt", "video_title");
  return title !== undefined && title !== null && title !== "";
}

/**
 * By the usual name, or by the long one where the event's own name is spelled so. Other spellings would have to be
 * searched for in every event, and each further look costs the edge 0.1 µs.
 */
function read(raw: unknown, short: string, long: string): unknown {
  const event = raw as Record<string, unknown>;
  return event[event["e"] === undefined ? long : short];
}
