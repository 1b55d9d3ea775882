import type { TextTrack } from "../playback-ids.ts";
import { textPath } from "../route.ts";
import type { MultivariantFacts } from "./multivariant.ts";

/** GROUP-ID of the first base's. */
export const SUBTITLES = "subtitles";
/** What Apple's players look for in captions for the deaf and hard of hearing (HLS authoring specification §4.7). */
const CLOSED_CAPTIONS =
  'CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"';
const UNKNOWN_LANGUAGE = "und";

interface SubtitleFacts extends Pick<MultivariantFacts, "playbackId" | "grant" | "plan" | "textTracks"> {
  /** What goes before the URIs. */
  base: string;
  /** Behind the group's id, which each base has of its own. */
  suffix: string;
  /** Of the URIs, `?` included. */
  query: string;
}

/** One group of all text tracks (RFC 8216 §4.3.4.1). None is shown unasked but the one of the asked language. */
export function subtitleMedia(
  { playbackId, grant, plan, textTracks, base, suffix, query }: SubtitleFacts,
  defaultLanguage: string | null,
): string[] {
  const shown = languageTrack(textTracks, defaultLanguage);
  const names = new Set<string>();
  const kinds = new Set<string>();
  return textTracks.map((track) => {
    const kind = `${track.language.toLowerCase()} ${track.isClosedCaptions}`;
    const attributes = [
      "TYPE=SUBTITLES",
      `GROUP-ID="${SUBTITLES}${suffix}"`,
      `NAME="${freeName(quotable(track.name), names)}"`,
      ...(track.language === UNKNOWN_LANGUAGE ? [] : [`LANGUAGE="${track.language}"`]),
      `DEFAULT=${track === shown ? "YES" : "NO"}`,
      // chosen by the player for its viewer's language: one of each kind at most, and whatever is the default
      `AUTOSELECT=${track === shown || !kinds.has(kind) ? "YES" : "NO"}`,
      "FORCED=NO",
      ...(track.isClosedCaptions ? [CLOSED_CAPTIONS] : []),
      `URI="${base}${playbackId}/${textPath(grant, plan.planId, track.id)}.m3u8${query}"`,
    ];
    kinds.add(kind);
    return `#EXT-X-MEDIA:${attributes.join(",")}`;
  });
}

/**
 * The track of a language: of exactly that, else of its first part, so that `en` finds `en-US` and the other way. Null where
 * none is asked for.
 */
export function languageTrack(tracks: readonly TextTrack[], language: string | null): TextTrack | null {
  if (language === null) return null;
  const whole = language.toLowerCase();
  const primary = (tag: string): string => tag.toLowerCase().split("-")[0] ?? "";
  return (
    tracks.find((track) => track.language.toLowerCase() === whole) ??
    tracks.find((track) => primary(track.language) === primary(whole)) ??
    null
  );
}

/** A quoted string holds neither quotes nor line ends (RFC 8216 §4.2). */
function quotable(name: string): string {
  return name.replaceAll('"', "'").replace(/\p{Cc}/gu, " ");
}

/** Names of a group are all different (RFC 8216 §4.3.4.1.1): two may be the same without their quotes. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name} ${number}`;
  taken.add(free);
  return free;
}
