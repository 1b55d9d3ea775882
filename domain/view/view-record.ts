/** A stretch of media that was played, on the playhead's scale. */
export interface PlaybackRange {
  startMs: number;
  endMs: number;
}

/** Wall-clock time spent playing content in one rendition; 0 and "" where the player did not tell. */
export interface RenditionSpan {
  /** bit/s. */
  bitrate: number;
  widthPx: number;
  heightPx: number;
  fps: number;
  codec: string;
  name: string;
  playingMs: number;
}

/** Wall-clock time spent playing in one mode, ads included: standard, inline, fullscreen, pip, …; "" where none was told. */
export interface PlaybackModeSpan {
  mode: string;
  /** JSON text of the integration's own; "" when there is none. */
  data: string;
  playingMs: number;
}

/**
 * All that is known of a view: what the row of table `views` holds and the API's record is made of (data-api.md §6).
 * "" stands for "has no value" in texts, null in numbers and flags that may be unknown. Durations and times are
 * milliseconds, ratios 0..1, unless said otherwise.
 */
export interface ViewRecord {
  // Life cycle.
  /** Play was wanted or an error came: only such views count (data-api.md §11). */
  counted: boolean;
  /** Server clock. */
  viewStartMs: number;
  /** Server clock; of the newest event. */
  viewEndMs: number;
  /** First arrival of the newest event, log time. */
  lastSeenMs: number;
  /** The client said viewend. */
  ended: boolean;
  /** Final by silence, without a viewend. */
  dropped: boolean;
  eventCount: number;
  /** Events whose client time could not be and was replaced by the time of sending. */
  clampedTimeCount: number;
  /** Share of viewers that are tracked: counts weigh 1/rate. */
  sampleRate: number;
  /** The user agent is a crawler's. */
  bot: boolean;
  /** Wanted, gone, and neither a frame nor a fatal error before. */
  exitBeforeVideoStart: boolean;
  // Viewer.
  /** Whom unique viewers are counted by: `viewerUserId`, else `muxViewerId`; "" where neither is told. */
  viewerId: string;
  /** As the integration names the person. */
  viewerUserId: string;
  /** As the SDK's cookie does. */
  muxViewerId: string;
  sessionId: string;
  viewSessionId: string;
  userAgent: string;
  /** Cut to /24 or /48. */
  viewerAddress: string;
  connectionType: string;
  viewerPlan: string;
  viewerPlanCategory: string;
  viewerPlanStatus: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  continent: string;
  region: string;
  city: string;
  /** Degrees, cut to one decimal. */
  latitude: number | null;
  longitude: number | null;
  /** 0: unknown. */
  asn: number;
  asnName: string;
  // Device.
  browser: string;
  browserVersion: string;
  browserEngine: string;
  operatingSystem: string;
  operatingSystemVersion: string;
  deviceCategory: string;
  deviceManufacturer: string;
  deviceModel: string;
  deviceName: string;
  // Page and application.
  pageType: string;
  pageUrl: string;
  clientApplicationName: string;
  clientApplicationVersion: string;
  // Player.
  playerName: string;
  playerVersion: string;
  playerSoftware: string;
  playerSoftwareVersion: string;
  playerMuxPluginName: string;
  playerMuxPluginVersion: string;
  playerLanguage: string;
  playerPoster: string;
  playerHeightPx: number | null;
  playerWidthPx: number | null;
  playerAutoplay: boolean;
  playerPreload: boolean;
  playerRemotePlayed: boolean | null;
  playerInstanceId: string;
  /** Ordinal of the view in its player. */
  playerViewCount: number | null;
  muxApiVersion: string;
  muxEmbed: string;
  muxEmbedVersion: string;
  timeShiftEnabled: boolean;
  /** At any time; so the next two. */
  usedCaptions: boolean;
  usedFullscreen: boolean;
  usedPip: boolean;
  // Source.
  sourceUrl: string;
  sourceHostname: string;
  sourceDomain: string;
  sourceType: string;
  sourceDurationMs: number | null;
  streamType: string;
  // Video.
  subPropertyId: string;
  videoId: string;
  videoTitle: string;
  videoSeries: string;
  videoProducer: string;
  videoLanguage: string;
  videoContentType: string;
  videoDurationMs: number | null;
  videoVariantId: string;
  videoVariantName: string;
  videoEncodingVariant: string;
  videoAffiliate: string;
  videoBrand: string;
  videoCreatorId: string;
  experimentName: string;
  assetId: string;
  playbackId: string;
  liveStreamId: string;
  /** Newest; `…Initial` is the first that was told. */
  videoCodec: string;
  videoCodecInitial: string;
  audioCodec: string;
  audioCodecInitial: string;
  videoDynamicRangeType: string;
  videoDynamicRangeTypeInitial: string;
  /** bit/s. */
  videoSourceBitrate: number | null;
  videoSourceBitrateInitial: number | null;
  videoSourceFps: number | null;
  videoSourceFpsInitial: number | null;
  videoSourceHeightPx: number | null;
  videoSourceHeightInitialPx: number | null;
  videoSourceWidthPx: number | null;
  videoSourceWidthInitialPx: number | null;
  // Delivery.
  /** Newest. */
  cdn: string;
  /** In order, repeats allowed. */
  cdnTrace: readonly string[];
  cdnEdgePop: string;
  cdnOrigin: string;
  drmType: string;
  drmLevel: string;
  // Errors.
  /** Stable number of (code, message) of the error below; of any kind. */
  errorTypeId: number | null;
  /** Of the error that ended the view, else of the newest. */
  errorCode: string;
  errorMessage: string;
  errorContext: string;
  /** A fatal technical error ended playback. */
  playbackFailure: boolean;
  /** The same before the first frame. */
  videoStartupFailure: boolean;
  /** The same outside an ad break. */
  contentPlaybackFailure: boolean;
  /** The same inside one. */
  adPlaybackFailure: boolean;
  /** A refusal on purpose ended playback. */
  playbackBusinessException: boolean;
  videoStartupBusinessException: boolean;
  // Start.
  /** Play wanted to first frame, of content or of a pre-roll; pauses left out. */
  startupMs: number | null;
  /** To the first frame of content, pre-roll ads left out. */
  contentStartupMs: number | null;
  playerStartupMs: number | null;
  pageLoadMs: number | null;
  aggregateStartupMs: number | null;
  prerollStartupMs: number | null;
  prerollRequestMs: number | null;
  prerollLoadMs: number | null;
  /** Requests for the first pre-roll. */
  prerollRequestCount: number | null;
  // Time, on the wall clock.
  /** Start-up, playing, stalls and seeks. */
  watchMs: number;
  /** Content and ads. */
  playingMs: number;
  contentPlayingMs: number;
  adPlayingMs: number;
  prerollPlayingMs: number;
  midrollPlayingMs: number;
  postrollPlayingMs: number;
  rebufferCount: number;
  rebufferMs: number;
  longestRebufferMs: number;
  seekCount: number;
  seekMs: number;
  // Media time.
  maxPlayheadMs: number;
  /** Playhead progress by which scaling is weighed. */
  contentPlaybackMs: number;
  /** Media that was played. */
  playbackRanges: readonly PlaybackRange[];
  // Picture.
  /** Scale fraction × ms. */
  totalUpscaling: number;
  totalDownscaling: number;
  /** Over content_playback_ms. */
  upscaleRatio: number | null;
  downscaleRatio: number | null;
  maxUpscaleRatio: number | null;
  maxDownscaleRatio: number | null;
  /** While playing. */
  renditionChangeCount: number;
  renditionUpshiftCount: number;
  renditionDownshiftCount: number;
  /** bit/s, weighed by playing time. */
  averageBitrate: number | null;
  /** Playing time of content by rendition. */
  renditions: readonly RenditionSpan[];
  /** Playing time by playback mode. */
  playbackModes: readonly PlaybackModeSpan[];
  droppedFrameCount: number | null;
  liveLatencyMs: number | null;
  // Requests.
  /** All, failed and canceled included. */
  requestCount: number;
  requestFailedCount: number;
  requestCanceledCount: number;
  requestBytes: number;
  /** Mean time to first byte. */
  requestLatencyMs: number | null;
  maxRequestLatencyMs: number | null;
  /** bit/s, over all bytes. */
  requestThroughput: number | null;
  // Ads.
  hasAd: boolean;
  adRequestCount: number;
  adAttemptCount: number;
  adImpressionCount: number;
  adBreakCount: number;
  adBreakErrorCount: number;
  adErrorCount: number;
  adStartupErrorCount: number;
  adExitBeforeStartCount: number;
  adClickedCount: number;
  adSkippedCount: number;
  prerollRequested: boolean | null;
  prerollPlayed: boolean | null;
  prerollAdTagHostname: string;
  prerollAdAssetHostname: string;
  // Scores, 0..1; null where the formula has nothing to say (docs/metrics.md).
  playbackSuccessScore: number | null;
  startupTimeScore: number | null;
  smoothnessScore: number | null;
  videoQualityScore: number | null;
  viewerExperienceScore: number | null;
  // Customer dimensions.
  custom1: string;
  custom2: string;
  custom3: string;
  custom4: string;
  custom5: string;
  custom6: string;
  custom7: string;
  custom8: string;
  custom9: string;
  custom10: string;
  custom11: string;
  custom12: string;
  custom13: string;
  custom14: string;
  custom15: string;
  custom16: string;
  custom17: string;
  custom18: string;
  custom19: string;
  custom20: string;
  // Everything else.
  /** JSON object: newest value of every field, as the client reported it. */
  attributes: string;
}
