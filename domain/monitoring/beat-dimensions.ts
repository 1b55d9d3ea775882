import { playbackIdOf } from "../view/record/playback-id-of.ts";
import { toldText } from "../view/record/told.ts";
import { viewerIdOf } from "../view/record/viewer-id-of.ts";
import { flagField, type ViewState } from "../view/view-state.ts";
import type { ViewDimensions } from "../view/viewer-facts.ts";

/** What live viewers are told apart by; "" and 0 stand for "has no value". */
export interface BeatDimensions extends ViewDimensions {
  region: string;
  /** Autonomous system. */
  asn: number;
  /** Any ad event so far, or the client says so. */
  hasAd: boolean;
  assetId: string;
  playbackId: string;
  liveStreamId: string;
  /** Whom viewers are counted by; "" where nobody told. */
  viewerId: string;
}

/** The dimensions of a view's beats: those of its row, as they stand now. */
export function beatDimensions(view: ViewState, dimensions: ViewDimensions): BeatDimensions {
  const { place } = view.context;
  return {
    ...dimensions,
    region: place?.region ?? "",
    asn: place?.asn ?? 0,
    hasAd: flagField(view, "view_has_ad") === true || view.transitions.some(({ kind }) => kind.startsWith("ad")),
    assetId: view.asset?.assetId ?? "",
    playbackId: playbackIdOf(view, toldText(view, "video_source_url", "player_source_url")),
    liveStreamId: "",
    viewerId: viewerIdOf(view),
  };
}
