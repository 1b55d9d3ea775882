import { filtersToParams } from "../../domain/monitoring/filter-params.ts";
import type { PublicHosts } from "./public-hosts.ts";
import type { Asset } from "./wire.ts";

export function videosPath(environment: string): string {
  return `/environments/${environment}/videos`;
}

export function assetPath(environment: string, assetId: string): string {
  return `${videosPath(environment)}/${assetId}`;
}

/** Monitoring, narrowed to those who watch this title. */
export function audiencePath(environment: string, title: string): string {
  const filters = [{ dimension: "video_title", values: [title], negated: false }] as const;
  return `/environments/${environment}/monitoring?${new URLSearchParams(filtersToParams(filters))}`;
}

/** The id that anybody may play without a token. */
export function publicPlaybackId({ playbackIds }: Pick<Asset, "playbackIds">): string | null {
  return playbackIds.find(({ policy }) => policy === "public")?.id ?? null;
}

export function hlsUrl({ streamOrigin }: PublicHosts, playbackId: string): string {
  return `${streamOrigin}/${playbackId}.m3u8`;
}

export interface Thumbnail {
  /** Pictures are made when they are first asked for, so few sizes are used. */
  widthPx: number;
  /** Null: the middle, or what the asset says. */
  seconds?: number;
}

export function thumbnailUrl({ imageOrigin }: PublicHosts, playbackId: string, picture: Thumbnail): string {
  const time = picture.seconds === undefined ? "" : `&time=${Number(picture.seconds.toFixed(2))}`;
  return `${imageOrigin}/${playbackId}/thumbnail.webp?width=${picture.widthPx}${time}`;
}

/** Two lines that play the video on any page, and report to this environment. */
export function embedLines(
  hosts: PublicHosts,
  playbackId: string,
  { title, environmentKey }: Pick<Asset, "title"> & { environmentKey: string | null },
): readonly string[] {
  const attributes = [
    `playback-id="${playbackId}"`,
    `custom-domain="${hosts.playerDomain}"`,
    `beacon-collection-domain="${hosts.collector}"`,
    ...(environmentKey === null ? [] : [`env-key="${environmentKey}"`]),
    ...(title === null ? [] : [`metadata-video-title="${escapeAttribute(title)}"`]),
  ];
  return [
    `<script type="module" src="https://cdn.jsdelivr.net/npm/@mux/mux-player@3"></script>`,
    `<mux-player ${attributes.join(" ")}></mux-player>`,
  ];
}

/** Asks for an upload, then sends a file to it. */
export function uploadLines({ apiOrigin }: PublicHosts): readonly string[] {
  const body = `{"cors_origin":"*","new_asset_settings":{"playback_policies":["public"]}}`;
  return [
    `curl -u TOKEN_ID:TOKEN_SECRET -H 'content-type: application/json' -d '${body}' ${apiOrigin}/video/v1/uploads`,
    `curl -T film.mp4 'URL_OF_THE_ANSWER'`,
  ];
}

function escapeAttribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
