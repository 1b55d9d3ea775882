interface KnownParameter {
  /** Where the route itself says nothing. */
  description?: string;
  example: unknown;
}

const MEDIA_ID = "IGFoaVCYJJVD6rEYnfsbzvfC4dgpwTpHJ01e1H9lmOJs";

/** What is meant by a parameter's name wherever it appears, with a value to try. What a route says of its own comes first. */
const KNOWN_PARAMETERS: Readonly<Record<string, KnownParameter>> = {
  "timeframe[]": { example: ["7:days"] },
  "filters[]": { example: ["country:US", "!cdn:fastly"] },
  "metric_filters[]": { example: ["video_startup_time>=1000"] },
  "group_by[]": { example: ["video_source_height"] },
  "values[]": { example: ["US", "DE"] },
  page: { description: "Page of the list, from 1; a page behind the last is empty", example: 1 },
  limit: { description: "Rows of a page", example: 25 },
  cursor: { description: "`next_cursor` of the page before", example: "MTc5NTUwMDAwMDAwMC5hYmM" },
  measurement: { example: "median" },
  group_by: { example: "country" },
  dimension: { description: "Id of a dimension", example: "country" },
  value: { description: "A value of the dimension", example: "US" },
  order_by: { description: "What rows are ordered by", example: "value" },
  order_direction: {
    description: "asc: smallest, earliest or first by name on top; desc: the other way",
    example: "desc",
  },
  weighted: { example: "false" },
  include_bots: { example: "false" },
  time_zone: { example: "Europe/Vienna" },
  time_granularity: { description: "Width of a bucket", example: "hour" },
  breakdown_value_limit: { description: "Most values of the breakdown; the others are left out", example: 10 },
  timestamp: { description: "Unix seconds", example: 1_795_500_000 },
  query: { description: "Part of the value", example: "720" },
  status: { description: "Only those in this state", example: "open" },
  severity: { description: "Only those this severe", example: "alert" },
  viewer_id: { description: "Only views of this viewer", example: "viewer-17" },
  error_id: { description: "Only views that ended with this error; any: with whatever error", example: "any" },
  error_type_id: { description: "Id of an error, as in the list of errors", example: 1_234_567 },
  code: { description: "Code of an error, as players tell it", example: "MEDIA_ERR_NETWORK" },
  upload_id: { description: "Id of a direct upload", example: MEDIA_ID },
  live_stream_id: { description: "Id of a live stream", example: MEDIA_ID },
  asset_id: { description: "Id of an asset", example: MEDIA_ID },
  playback_id: { description: "Id of a playback id", example: MEDIA_ID },
  static_rendition_id: { description: "Id of a static rendition", example: MEDIA_ID },
  playback_restriction_id: { description: "Id of a playback restriction", example: MEDIA_ID },
  transcription_vocabulary_id: { description: "Id of a transcription vocabulary", example: MEDIA_ID },
  drm_configuration_id: { description: "Id of a DRM configuration", example: MEDIA_ID },
  title: { example: "keynote" },
  external_id: { example: "cms-17" },
  creator_id: { example: "ada" },
  passthrough: { example: "film-42" },
  "created_at[]": { example: ["1795500000", "1795586400"] },
  stream_key: { example: "4c5f6a90-1c2d-4f6b-9a7e-1f2d3c4b5a69" },
  download_url_ttl: { example: 3_600 },
  audio_track_id: { description: "Id of a track of type audio", example: MEDIA_ID },
  track_id: { description: "Id of a track", example: MEDIA_ID },
  video_id: { description: "Your own id of the video (`video_id` of the player's metadata)", example: "film-42" },
  metric_id: { description: "Id of a metric", example: "video_startup_time" },
  monitoring_metric_id: { description: "Id of a monitoring metric", example: "current-concurrent-viewers" },
  monitoring_histogram_metric_id: { description: "video-startup-time", example: "video-startup-time" },
  dimension_id: { description: "Id of a dimension", example: "country" },
  subview_type: { description: "How views are divided", example: "rendition" },
  name: { description: "Name", example: "video_source_height" },
  dimension_name: { description: "Id of a dimension", example: "video_source_height" },
  video_view_id: { description: "Id of a view", example: "5c1b7a0e-9a55-4d1f-8a1c-0d9b1f0a7c11" },
  incident_id: { description: "Id of an incident", example: "ABCD1234" },
  annotation_id: { description: "Id of an annotation", example: "5c1b7a0e-9a55-4d1f-8a1c-0d9b1f0a7c11" },
  signing_key_id: { description: "Id of a signing key", example: MEDIA_ID },
  webhook_id: { description: "Id of a webhook", example: MEDIA_ID },
  webhook_event_id: { description: "Id of an event", example: "5c1b7a0e-9a55-4d1f-8a1c-0d9b1f0a7c11" },
  type: { description: "Only those of this type", example: "video.asset.ready" },
  object_id: { description: "Only those of this asset, upload or track", example: MEDIA_ID },
  token: { description: "A signed token", example: "eyJhbGciOiJSUzI1NiJ9.e30.c2ln" },
};

/** Values to try where those above are not among what the route takes; by the end of its path and the parameter. */
const EXAMPLES_OF_PATHS: readonly (readonly [path: RegExp, name: string, example: unknown])[] = [
  [/\/monitoring\/metrics\/\{\w+\}\/breakdown-timeseries$/, "timeframe[]", ["10:minutes"]],
  [/^\/data\/v1\/subview-metrics\//, "metric_id", "playing_time"],
  [/\/webhook-events$/, "status", "failed"],
  [/^\/video\/v1\/assets$/, "status", "ready"],
  [/^\/video\/v1\/live-streams$/, "status", "idle"],
  [/^\/video\/v1\/delivery-usage$/, "timeframe[]", ["1795500000", "1795586400"]],
  [/\/dimensions\/\{\w+\}\/elements$/, "dimension_id", "video_cdn_trace"],
];

/** What is known of a parameter of a route. */
export function knownParameter(path: string, name: string): KnownParameter | undefined {
  const known = KNOWN_PARAMETERS[name];
  const own = EXAMPLES_OF_PATHS.find(([end, of]) => of === name && end.test(path));
  return own === undefined ? known : { ...known, example: own[2] };
}
