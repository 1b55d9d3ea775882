import { textField, type ViewState } from "./view-state.ts";

/** Title of a video: the player's; where it tells none, that of the asset it plays. "" when there is none, as below. */
export function videoTitle(view: ViewState): string {
  return textField(view, "video_title") || (view.asset?.title ?? "");
}

/** Id of a video: the player's, else what the asset's owner calls it, else the asset's own. */
export function videoId(view: ViewState): string {
  return textField(view, "video_id") || view.asset?.externalId || (view.asset?.assetId ?? "");
}

/** The integration's own label, else the product. */
export function playerName(view: ViewState): string {
  return textField(view, "player_name") || playerSoftware(view);
}

export function playerSoftware(view: ViewState): string {
  return textField(view, "player_software_name") || textField(view, "player_software");
}

/** A segment's own `x-cdn` header stands above what the player says. */
export function cdnName(view: ViewState): string {
  return view.segmentCdn?.[1] ?? textField(view, "video_cdn");
}
