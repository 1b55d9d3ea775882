import { videoId, videoTitle } from "../view-names.ts";
import type { ViewRecord } from "../view-record.ts";
import { playbackIdOf } from "./playback-id-of.ts";
import type { RecordParts } from "./record-source.ts";
import { firstPositive, firstText, toldAmount, toldPositive, toldText } from "./told.ts";
import { domainOf, hostOf } from "./url-host.ts";

/** What was watched: metadata, and the source it came from. */
export function videoOf(parts: RecordParts) {
  return { ...sourceOf(parts), ...metadataOf(parts), ...tracksOf(parts) } satisfies Partial<ViewRecord>;
}

function sourceOf({ view }: RecordParts) {
  const sourceUrl = toldText(view, "video_source_url", "player_source_url");
  const sourceHostname = toldText(view, "video_source_hostname") || hostOf(sourceUrl);
  return {
    sourceUrl,
    sourceHostname,
    sourceDomain: toldText(view, "video_source_domain") || domainOf(sourceHostname),
    sourceType: toldText(view, "video_source_mime_type"),
    sourceDurationMs: toldAmount(view, "video_source_duration", "player_source_duration"),
    streamType: toldText(view, "video_stream_type"),
    assetId: view.asset?.assetId ?? "",
    playbackId: playbackIdOf(view, sourceUrl),
    liveStreamId: "",
  };
}

/** What the page says; where it is silent, the asset's title and id. */
function metadataOf({ view }: RecordParts) {
  return {
    subPropertyId: toldText(view, "sub_property_id"),
    videoId: videoId(view),
    videoTitle: videoTitle(view),
    videoSeries: toldText(view, "video_series"),
    videoProducer: toldText(view, "video_producer"),
    videoLanguage: toldText(view, "video_language_code"),
    videoContentType: toldText(view, "video_content_type"),
    videoDurationMs: toldAmount(view, "video_duration"),
    videoVariantId: toldText(view, "video_variant_id"),
    videoVariantName: toldText(view, "video_variant_name"),
    videoEncodingVariant: toldText(view, "video_encoding_variant"),
    videoAffiliate: toldText(view, "video_affiliate"),
    videoBrand: toldText(view, "video_brand"),
    videoCreatorId: toldText(view, "video_creator_id") || (view.asset?.creatorId ?? ""),
    experimentName: toldText(view, "experiment_name"),
  };
}

/** What the integration says of codecs stands above what the player found; rendition changes tell the rest. */
function tracksOf({ view }: RecordParts) {
  return {
    videoCodec: toldText(view, "video_codec", "video_source_codec"),
    videoCodecInitial: firstText(view, "video_codec", "video_source_codec"),
    audioCodec: toldText(view, "video_audio_codec", "player_audio_track_codec"),
    audioCodecInitial: firstText(view, "video_audio_codec", "player_audio_track_codec"),
    videoDynamicRangeType: toldText(view, "video_dynamic_range_type"),
    videoDynamicRangeTypeInitial: firstText(view, "video_dynamic_range_type"),
    videoSourceBitrate: toldPositive(view, "video_source_bitrate"),
    videoSourceBitrateInitial: firstPositive(view, "video_source_bitrate"),
    videoSourceFps: toldPositive(view, "video_source_fps"),
    videoSourceFpsInitial: firstPositive(view, "video_source_fps"),
    videoSourceHeightPx: toldPositive(view, "video_source_height"),
    videoSourceHeightInitialPx: firstPositive(view, "video_source_height"),
    videoSourceWidthPx: toldPositive(view, "video_source_width"),
    videoSourceWidthInitialPx: firstPositive(view, "video_source_width"),
  };
}
