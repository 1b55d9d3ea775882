import type { FieldValue } from "../wire/decode-events.ts";
import type { Title } from "./catalogue.ts";
import type { Course } from "./course.ts";
import type { Device, PlayerKind } from "./devices.ts";
import type { SimulationOptions } from "./options.ts";
import type { Person } from "./person.ts";

type Fields = Record<string, FieldValue | undefined>;

/** Where the simulated pages live; the names are reserved (RFC 2606). */
export const SITE_ORIGIN = "https://watch.example.com";
const MEDIA_HOST = "media.example.com";

/** What the recorded clients say of themselves. */
const SOFTWARE: Readonly<Record<PlayerKind, Fields>> = {
  hlsjs: {
    mux_embed_version: "5.19.0",
    player_software: "HTML5 Video Element",
    player_mux_plugin_name: "VideoElementMonitor",
    player_mux_plugin_version: "5.19.0",
  },
  native: {
    mux_embed_version: "5.19.0",
    player_software: "HTML5 Video Element",
    player_mux_plugin_name: "VideoElementMonitor",
    player_mux_plugin_version: "5.19.0",
  },
  "mux-player": {
    mux_embed_version: "5.18.1",
    player_software: "mux-player",
    player_software_name: "mux-player",
    player_software_version: "3.14.0",
    player_mux_plugin_name: "VideoElementMonitor",
    player_mux_plugin_version: "5.18.1",
  },
  videojs: {
    mux_embed_version: "5.18.0",
    player_software_name: "Video.js",
    player_software_version: "8.23.4",
    player_mux_plugin_name: "videojs-mux",
    player_mux_plugin_version: "4.21.28",
  },
};

/** `player_name`, which the page chooses. */
export function playerName(device: Device): string {
  return { desktop: "Web Player", phone: "Mobile Player", tablet: "Mobile Player", tv: "TV Player" }[device.category];
}

/** All that is known of viewer, page and player from the start. Times on the client's clock. */
export function playerFields(
  person: Person,
  options: SimulationOptions,
  page: { instanceId: string; initTimeMs: number; autoplay: boolean },
): Fields {
  const { device } = person;
  return {
    mux_api_version: "2.1",
    mux_embed: "mux-embed",
    mux_sample_rate: person.sampleRate,
    viewer_device_category: "",
    ...SOFTWARE[person.playerKind],
    beacon_domain: options.collectionDomain,
    env_key: options.environmentKey,
    player_instance_id: page.instanceId,
    player_init_time: page.initTimeMs,
    player_name: playerName(device),
    player_version: "2.4.0",
    player_width: device.widthPx,
    player_height: device.heightPx,
    player_autoplay_on: page.autoplay,
    player_preload_on: "metadata",
    player_language_code: "",
    player_is_fullscreen: false,
    viewer_user_id: person.userId ?? undefined,
    viewer_connection_type: device.connection,
    viewer_connection_low_data_mode: false,
    ...(person.cookies ? cookieFields(person) : {}),
    sub_property_id: "main-site",
    page_type: "watchpage",
  };
}

function cookieFields(person: Person): Fields {
  return {
    mux_viewer_id: person.viewerId,
    mux_sample_number: person.sampleNumber,
    session_id: person.sessionId,
    session_start: person.sessionStartMs,
  };
}

/** What the page says of the video, and what the player knows of its source before it loads. */
export function videoFields(title: Title, viewId: string, autoplay: boolean): Fields {
  const live = title.durationMs === null;
  return {
    view_id: viewId,
    video_id: title.videoId,
    video_title: title.title,
    video_series: title.series,
    video_stream_type: live ? "live" : "on-demand",
    video_duration: title.durationMs ?? undefined,
    video_is_autoplay: autoplay,
    video_source_duration: Number.NaN,
    video_source_width: 0,
    video_source_height: 0,
    video_source_hostname: MEDIA_HOST,
    video_source_domain: "example.com",
    video_source_url: `https://${MEDIA_HOST}/${title.videoId}/master.m3u8`,
    video_poster_url: "",
    view_dropped_frame_count: 0,
    page_url: pageUrl(title),
  };
}

/** What the player knows of its source once it has loaded: the plain element tells neither bitrate nor codec. */
export function pictureFields({ title, rendition }: Course, playerKind: PlayerKind): Fields {
  const picture = {
    video_source_width: rendition.widthPx,
    video_source_height: rendition.heightPx,
    video_source_duration: title.durationMs ?? Number.POSITIVE_INFINITY, // JSON makes it null, as the SDK's does
    video_source_is_live: title.durationMs === null,
  };
  if (playerKind === "native") return picture;
  return { ...picture, video_source_bitrate: rendition.bitrate, video_source_codec: rendition.codec };
}

export function pageUrl(title: Title): string {
  return `${SITE_ORIGIN}/watch/${title.videoId}`;
}

export function segmentUrl(title: Title, heightPx: number, segment: number): string {
  return `https://${MEDIA_HOST}/${title.videoId}/${heightPx}p/${segment}.m4s`;
}

export function requestHostname(): string {
  return MEDIA_HOST;
}
