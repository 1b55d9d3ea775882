import { peekPlaybackIds } from "../../wire/peek-playback-ids.ts";
import { field, type ViewState } from "../view-state.ts";

/** `https://stream.example.com/{id}.m3u8`, `…/{id}/medium.mp4`: the host says what the first part of the path is. */
const STREAM_URL = /^https?:\/\/stream\.[^/?#]{1,255}\/([A-Za-z0-9]{1,64})(?=[./?#]|$)/;

/**
 * The playback id of what was played: from the URL of a stream host; from any other URL, or from `video_id`, where
 * mux-player puts it, only if it turned out to be one of the environment. "" when there is none.
 */
export function playbackIdOf(view: ViewState, sourceUrl: string): string {
  const ofStream = STREAM_URL.exec(sourceUrl)?.[1];
  if (ofStream !== undefined) return ofStream;
  if (view.asset === null) return "";
  return peekPlaybackIds({ video_source_url: sourceUrl, video_id: field(view, "video_id") })[0] ?? "";
}
