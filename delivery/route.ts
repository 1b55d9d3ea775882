import { isMasterName } from "../domain/asset/master.ts";
import { AUDIO_RENDITION } from "../domain/media/plan.ts";
import { LEGACY_RESOLUTIONS, STATIC_RESOLUTIONS, staticName } from "../domain/media/static-rendition.ts";
import {
  ANIMATION_FORMATS,
  type AnimationFormat,
  IMAGE_FORMATS,
  type ImageFormat,
} from "../domain/media/transcoder-wire.ts";
import { PlaybackError } from "./playback-error.ts";

/** What a path of the stream and image hosts asks for. The playback id is well-formed; whether it exists is not known. */
export type Route =
  | { kind: "multivariant"; playbackId: string }
  | { kind: "dash"; playbackId: string }
  | { kind: "metadata"; playbackId: string }
  | { kind: "static"; playbackId: string; name: string }
  | { kind: "master"; masterId: string; name: string }
  | { kind: "thumbnail" | "storyboard"; playbackId: string; format: ImageFormat }
  | { kind: "animated"; playbackId: string; format: AnimationFormat }
  | { kind: "storyboard_index"; playbackId: string; format: "vtt" | "json" }
  | ({ kind: "media_playlist" } & ChildOfPlan)
  | ({ kind: "init" } & ChildOfPlan)
  | ({ kind: "segment"; segment: number } & ChildOfPlan)
  | { kind: "text"; playbackId: string; trackId: string; format: TextFormat }
  | ({ kind: "text_playlist" } & TextOfPlan)
  | ({ kind: "text_clip" } & TextOfPlan)
  | ({ kind: "text_segment"; segment: number } & TextOfPlan);

/** A text track whole: as WebVTT, or what is said as plain text. */
export type TextFormat = "vtt" | "txt";

/** A text track cut at the plan's boundaries: in segments, or (`text_clip`) one file of what a manifest shows. */
export type TextOfPlan = OfPlan & { trackId: string };

/** Whatever a plan is the first part of. */
export type OfPlan = Omit<ChildOfPlan, "rendition">;

/** What playlists point to: it names its plan, and so never changes. */
export interface ChildOfPlan {
  playbackId: string;
  grant: string;
  planId: string;
  rendition: string;
}

/** Grant of public playback ids; others are for signed ones. */
export const PUBLIC_GRANT = "-";

const STATIC_NAMES: ReadonlySet<string> = new Set([...STATIC_RESOLUTIONS, ...LEGACY_RESOLUTIONS].map(staticName));
const PLAYBACK_ID = /^[A-Za-z0-9]{32,50}$/;
const PLAN = "([^/]{1,512})/([0-9a-f]{16})/([A-Za-z0-9_-]{1,64})";
const MEDIA_PLAYLIST = new RegExp(`^h/${PLAN}\\.m3u8$`);
const MEDIA = new RegExp(`^s/${PLAN}/(?:(init)\\.mp4|(0|[1-9]\\d{0,6})\\.m4s)$`);
const IMAGE = /^(thumbnail|animated|storyboard)\.([a-z]{3,4})$/;
const TEXT_OF_PLAN = new RegExp(`^t/${PLAN}(?:/(0|[1-9]\\d{0,6})\\.vtt|\\.(vtt|m3u8))$`);
const TEXT = /^text\/([A-Za-z0-9]{32,50})\.(vtt|txt)$/;

/** @param path of the URL, from its `/` on, without the query. Throws 400 for a malformed id, 404 for an unknown path. */
export function parseRoute(path: string): Route {
  const [first = "", ...rest] = path.slice(1).split("/");
  const isChild = rest.length > 0;
  const isDash = !isChild && first.endsWith(".mpd");
  const playbackId = isChild ? first : first.replace(/\.(m3u8|mpd)$/, "");
  if (path === "/") throw new PlaybackError("not_found", ["This path names no playback id"]);
  if (!PLAYBACK_ID.test(playbackId)) {
    throw new PlaybackError("invalid_parameters", ["The playback id is malformed: 32 to 50 letters and digits"]);
  }
  if (isChild) return parseChild(playbackId, rest.join("/"));
  return { kind: isDash ? "dash" : "multivariant", playbackId };
}

function parseChild(playbackId: string, child: string): Route {
  if (child === "metadata.json") return { kind: "metadata", playbackId };

  if (isMasterName(child)) return { kind: "master", masterId: playbackId, name: child }; // of the same form as playback ids

  if (STATIC_NAMES.has(child)) return { kind: "static", playbackId, name: child };

  const image = parseImage(playbackId, child);
  if (image !== null) return image;

  const playlist = MEDIA_PLAYLIST.exec(child);
  if (playlist !== null) return { kind: "media_playlist", playbackId, ...planOf(playlist) };

  const text = parseText(playbackId, child);
  if (text !== null) return text;

  const media = MEDIA.exec(child);
  if (media === null) throw new PlaybackError("not_found", ["A playback id has nothing under this path"]);
  const [, , , , init, segment] = media;
  if (init !== undefined) return { kind: "init", playbackId, ...planOf(media) };
  return { kind: "segment", playbackId, ...planOf(media), segment: Number(segment) };
}

function parseText(playbackId: string, child: string): Route | null {
  const [, trackId, format] = TEXT.exec(child) ?? [];
  if (trackId !== undefined) return { kind: "text", playbackId, trackId, format: format === "txt" ? "txt" : "vtt" };
  const part = TEXT_OF_PLAN.exec(child);
  if (part === null) return null;
  const { rendition, ...plan } = planOf(part);
  const text = { playbackId, ...plan, trackId: rendition };
  const [, , , , segment, whole] = part;
  if (segment !== undefined) return { kind: "text_segment", ...text, segment: Number(segment) };
  return { kind: whole === "vtt" ? "text_clip" : "text_playlist", ...text };
}

function planOf([, grant = "", planId = "", rendition = ""]: RegExpExecArray): Omit<ChildOfPlan, "playbackId"> {
  return { grant, planId, rendition };
}

function parseImage(playbackId: string, child: string): Route | null {
  const [, kind, format = ""] = IMAGE.exec(child) ?? [];
  if (kind === "animated" && isKeyOf(ANIMATION_FORMATS, format)) return { kind, playbackId, format };
  if ((kind === "thumbnail" || kind === "storyboard") && isKeyOf(IMAGE_FORMATS, format)) {
    return { kind, playbackId, format };
  }
  if (kind === "storyboard" && (format === "vtt" || format === "json")) {
    return { kind: "storyboard_index", playbackId, format };
  }
  return null;
}

function isKeyOf<T extends object>(formats: T, format: PropertyKey): format is keyof T {
  return Object.hasOwn(formats, format);
}

export function mediaPlaylistPath(grant: string, planId: string, rendition: string): string {
  return `h/${grant}/${planId}/${rendition}.m3u8`;
}

/** Folder of a rendition's `init.mp4` and segments. */
export function mediaPath(grant: string, planId: string, rendition: string): string {
  return `s/${grant}/${planId}/${rendition}`;
}

/** Without its ending: `.m3u8`, `.vtt`, or a segment's. */
export function textPath(grant: string, planId: string, trackId: string): string {
  return `t/${grant}/${planId}/${trackId}`;
}

export function mediaType(rendition: string): "audio/mp4" | "video/mp4" {
  return rendition.startsWith(AUDIO_RENDITION) ? "audio/mp4" : "video/mp4";
}
