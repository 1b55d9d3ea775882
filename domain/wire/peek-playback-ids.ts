import { isMediaId } from "../asset/media-id.ts";

/** First part of a playback URL's path: `https://stream.example.com/{id}.m3u8?…`, `https://stream.example.com/{id}/…`. */
const FIRST_PATH_PART = /^https?:\/\/[^/?#]{1,255}\/([A-Za-z0-9]{32,50})(?![A-Za-z0-9])/;

const NONE: readonly string[] = [];

/**
 * What of an event may be a playback id, the likeliest first: the source's URL says what is played, `video_id` only what
 * the page calls it, and mux-player gives that the playback id where the page gives it nothing (data-wire.md §9).
 * The first stands in full snapshots and changes of source alone, the second in every event (§4). Looks at the usual and
 * the long names only: other spellings would have to be searched for, in each event anew.
 */
export function peekPlaybackIds(raw: unknown): readonly string[] {
  const { vid, video_id: videoId = vid, vsour, video_source_url: sourceUrl = vsour } = raw as Record<string, unknown>;
  const ofSource = typeof sourceUrl === "string" ? (FIRST_PATH_PART.exec(sourceUrl)?.[1] ?? null) : null;
  const named = typeof videoId === "string" && videoId !== ofSource && isMediaId(videoId) ? videoId : null;
  if (ofSource === null) return named === null ? NONE : [named];
  return named === null ? [ofSource] : [ofSource, named];
}

/** True where every event of the view will name this id: `video_id` is never left out (data-wire.md §4). */
export function isVideoId(raw: unknown, playbackId: string): boolean {
  const { vid, video_id: videoId = vid } = raw as Record<string, unknown>;
  return videoId === playbackId;
}

/** True where the player itself says what the video is called. */
export function hasTitle(raw: unknown): boolean {
  const { vtt, video_title: title = vtt } = raw as Record<string, unknown>;
  return title !== undefined && title !== null && title !== "";
}
