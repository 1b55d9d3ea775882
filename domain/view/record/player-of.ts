import { playbackModesOf } from "../renditions.ts";
import { playerName, playerSoftware } from "../view-names.ts";
import type { ViewRecord } from "../view-record.ts";
import { field, flagField, type ViewState } from "../view-state.ts";
import type { RecordParts } from "./record-source.ts";
import { toldAmount, toldText } from "./told.ts";

/** The page and the player in it. */
export function playerOf({ view, playing }: RecordParts) {
  return {
    pageType: toldText(view, "page_type"),
    pageUrl: toldText(view, "page_url"),
    clientApplicationName: toldText(view, "view_client_application_name"),
    clientApplicationVersion: toldText(view, "view_client_application_version"),
    playerName: playerName(view),
    playerVersion: toldText(view, "player_version"),
    playerSoftware: playerSoftware(view),
    playerSoftwareVersion: toldText(view, "player_software_version"),
    playerMuxPluginName: toldText(view, "player_mux_plugin_name"),
    playerMuxPluginVersion: toldText(view, "player_mux_plugin_version"),
    playerLanguage: toldText(view, "player_language_code"),
    playerPoster: toldText(view, "video_poster_url"),
    playerHeightPx: toldAmount(view, "player_height"),
    playerWidthPx: toldAmount(view, "player_width"),
    playerAutoplay: flagField(view, "player_autoplay_on") ?? false,
    playerPreload: preloads(view),
    playerRemotePlayed: flagField(view, "player_remote_played"),
    playerInstanceId: toldText(view, "player_instance_id"),
    playerViewCount: toldAmount(view, "player_view_count"),
    muxApiVersion: toldText(view, "mux_api_version"),
    muxEmbed: toldText(view, "mux_embed"),
    muxEmbedVersion: toldText(view, "mux_embed_version"),
    timeShiftEnabled: flagField(view, "view_time_shift_enabled") ?? false,
    usedCaptions: view.usedCaptions,
    usedFullscreen: view.usedFullscreen,
    usedPip: view.usedPip,
    playbackModes: playbackModesOf(view, playing),
  } satisfies Partial<ViewRecord>;
}

/** The web SDK sends the element's attribute: none, metadata, auto; an empty one is auto. */
function preloads(view: ViewState): boolean {
  const told = field(view, "player_preload_on");
  const flag = flagField(view, "player_preload_on");
  return flag ?? (typeof told === "string" && told !== "none");
}
