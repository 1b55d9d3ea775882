/** Tags that name playlists by `URI` (RFC 8216 §4.3.4). */
const NAMES_PLAYLIST = /^#EXT-X-(?:MEDIA|I-FRAME-STREAM-INF):/;
const NAMES_DATA = /^#EXT-X-SESSION-DATA:/;
const URI = /\bURI="([^"]*)"/;

/** What is added to the URIs of a playlist, already encoded; null: nothing. */
export interface AddedParameters {
  /** To playlists and segments: of which view they are part. Inits do not count, and stay the same for all. */
  view: string | null;
  /** To data beside the renditions, whose URLs hold no grant. */
  data: string | null;
}

/** The playlist with these parameters behind its URIs. */
export function withParameters(playlist: string, { view, data }: AddedParameters): string {
  return playlist
    .split("\n")
    .map((line) => {
      if (line !== "" && !line.startsWith("#")) return added(line, view);
      if (NAMES_PLAYLIST.test(line)) return line.replace(URI, (_, uri: string) => `URI="${added(uri, view)}"`);
      if (NAMES_DATA.test(line)) return line.replace(URI, (_, uri: string) => `URI="${added(uri, data)}"`);
      return line;
    })
    .join("\n");
}

const SEGMENTS_OF_DASH = /(?<= media=")[^"]*(?=")/g;

/** A DASH manifest whose segments know their view. Inits stay the same for all. */
export function dashWithView(manifest: string, view: string): string {
  return manifest.replaceAll(SEGMENTS_OF_DASH, (template) => added(template, view));
}

function added(uri: string, parameter: string | null): string {
  if (parameter === null) return uri;
  return `${uri}${uri.includes("?") ? "&" : "?"}${parameter}`;
}
