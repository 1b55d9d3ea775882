import { RECORD_COLUMNS } from "../../domain/view/record-columns.ts";

/*
 * What the generated views hold: an SQL expression for each column of table `views`, over the row's number `n`, the day's
 * first moment `{dayMs}`, its first number and how many it has, and the version `{v}` (1, or 2 for a view that was written again). Everything is a function of
 * these, so that a second version differs only in what grows while somebody watches on.
 */

/** Of twenty environments the one that is asked; holds every second view. */
export const LARGEST_ENVIRONMENT = 1;
export const TITLES = 20_000;
/** Distinct values of `custom_2` in an environment. */
const CUSTOM_VALUES = 5_000;
const VIEWERS = 1_500_000;

/** 0 <= x < 1, the same for the same row and salt. */
const random = (salt: number) => `(intHash64(n * 1024 + ${salt}) / 18446744073709551616.)`;

/** One of `values`, the first ones more often. */
const skewed = (salt: number, values: readonly (string | number)[]) =>
  `[${values.map((value) => (typeof value === "number" ? value : `'${value}'`)).join(", ")}][1 + toUInt32(floor(pow(${random(salt)}, 2.2) * ${values.length}))]`;

/** Like titles and people: the k-th of `count` is met 1/k as often as the first. 0 is the first. */
const zipf = (salt: number, count: number) => `toUInt32(exp(${random(salt)} * log(${count}.)) - 1)`;

const chance = (salt: number, ratio: number) => `(${random(salt)} < ${ratio})`;
const flag = (salt: number, ratio: number) => `toUInt8(${chance(salt, ratio)})`;
const whole = (salt: number, below: number) => `toUInt32(${random(salt)} * ${below})`;
const maybe = (condition: string, value: string) => `if(${condition}, ${value}, NULL)`;

const COUNTRIES =
  "US,DE,GB,FR,IN,BR,JP,CA,AU,ES,IT,NL,SE,PL,MX,KR,TR,ID,AR,CH,AT,BE,NO,DK,FI,PT,GR,CZ,HU,RO,IE,NZ".split(",");
const BROWSERS = ["Chrome", "Safari", "Edge", "Firefox", "Samsung Internet", "Opera", ""];
const SYSTEMS = ["Windows", "iOS", "Android", "Mac OS", "Linux", "tvOS", "Chrome OS", "Tizen"];
const CODECS = ["avc1.640028", "avc1.64001f", "hvc1.1.6.L120.90", "av01.0.08M.08"];
const HEIGHTS = [1080, 720, 480, 2160, 360];

/** Worked out once a row, and used by the columns below. */
export const GENERATED_PARTS: Readonly<Record<string, string>> = {
  /** 0..1 over the day: views come in the order of their numbers. */
  moment: `(n - {dayFirst: UInt64} + ${random(1)}) / {perDay: UInt64}`,
  /** More in the evening than in the morning. */
  first_ms: "{dayMs: Int64} + toInt64(86400000 * (moment + 0.12 * sin(6.2831853 * moment)))",
  title: zipf(2, TITLES),
  viewer: `if(${chance(3, 0.7)}, ${zipf(4, VIEWERS)}, ${whole(4, VIEWERS)})`,
  failed: chance(5, 0.012),
  started: `NOT ${chance(5, 0.02)}`,
  grown_ms: "toUInt64(({v: UInt8} - 1) * 20000)",
  played_ms: `if(started, toUInt64(exp(7 + ${random(6)} * 8.2)), 0) + if(started, grown_ms, 0)`,
  start_ms: `toUInt32(exp(5 + ${random(7)} * 3 + pow(${random(8)}, 8) * 2.5))`,
  stalls: `if(started AND ${chance(9, 0.22)}, 1 + ${zipf(10, 12)}, 0)`,
  stall_ms: `toUInt64(if(stalls > 0, stalls * exp(5 + ${random(11)} * 4), 0))`,
  ads: `toUInt32(if(${chance(12, 0.3)}, 1 + ${whole(13, 3)}, 0))`,
  height: skewed(14, HEIGHTS),
};

const LIFE_AND_VIEWER = {
  environment_id: "multiIf(n % 20 < 10, 1, n % 20 = 10, 2, 3 + (n % 20 - 11) * 2 + intDiv(n, 20) % 2)",
  first_seen: "fromUnixTimestamp64Milli(first_ms, 'UTC')",
  view_id: "lower(hex(intHash64(n))) || '-' || toString(n)",
  version: "toUInt64(n * 2 + {v: UInt8})",
  expires_on: "toDate(first_seen) + 3650",
  counted: `toUInt8(NOT ${chance(20, 0.01)})`,
  view_start: "fromUnixTimestamp64Milli(first_ms - 350, 'UTC')",
  view_end: "fromUnixTimestamp64Milli(first_ms + toInt64(played_ms + stall_ms + start_ms), 'UTC')",
  last_seen: "view_end + toIntervalSecond(2)",
  ended: flag(21, 0.85),
  view_dropped: flag(22, 0.1),
  event_count: "toUInt32(8 + intDiv(played_ms, 10000) + stalls * 2)",
  clamped_time_count: `toUInt32(${flag(106, 0.002)})`,
  sample_rate: "toFloat32(1)",
  bot: flag(23, 0.004),
  exit_before_video_start: `toUInt8(NOT started AND NOT failed)`,
  viewer_user_id: "if(viewer % 3 = 0, '', 'user-' || toString(viewer))",
  viewer_id: "if(viewer_user_id = '', mux_viewer_id, viewer_user_id)",
  mux_viewer_id: "hex(cityHash64(viewer, 7)) || hex(viewer)",
  session_id: "hex(cityHash64(viewer, {dayMs: Int64}))",
  view_session_id: "hex(cityHash64(viewer, {dayMs: Int64}, 3))",
  viewer_user_agent:
    "'Mozilla/5.0 (' || operating_system || ') AppleWebKit/537.36 (KHTML, like Gecko) ' || browser || '/' || browser_version",
  viewer_address: `toString(toIPv4(16777216 + toUInt32(viewer % 8000000) * 256))`,
  viewer_connection_type: skewed(24, ["wifi", "cellular", "wired", ""]),
  viewer_plan: skewed(25, ["free", "basic", "premium"]),
  viewer_plan_category: skewed(25, ["ads", "paid", "paid"]),
  viewer_plan_status: skewed(26, ["active", "trial", "paused"]),
  country: skewed(27, COUNTRIES),
  continent_code: "if(country IN ('US', 'CA', 'MX'), 'NA', 'EU')",
  region: `country || '-' || toString(${whole(28, 14)})`,
  city: `'City ' || country || toString(${zipf(29, 300)})`,
  latitude: `toFloat32(round(${random(30)} * 140 - 60, 1))`,
  longitude: `toFloat32(round(${random(31)} * 340 - 170, 1))`,
  asn: `toUInt32(1000 + ${zipf(32, 2_000)} * 7)`,
  asn_name: "'Network ' || toString(asn % 900)",
};

const DEVICE_AND_PLAYER = {
  browser: skewed(33, BROWSERS),
  browser_version: `toString(100 + ${whole(34, 30)}) || '.0'`,
  browser_engine: skewed(33, ["Blink", "WebKit", "Blink", "Gecko", "Blink", "Blink", ""]),
  operating_system: skewed(35, SYSTEMS),
  operating_system_version: `toString(${whole(36, 18)}) || '.' || toString(${whole(37, 5)})`,
  device_category: skewed(38, ["desktop", "phone", "tv", "tablet"]),
  device_manufacturer: skewed(39, ["Apple", "Samsung", "Dell", "LG", "Xiaomi", "Google"]),
  device_model: `'Model ' || toString(${zipf(40, 400)})`,
  device_name: `'Device ' || toString(${zipf(40, 400)})`,
  page_type: skewed(41, ["watchpage", "iframe"]),
  page_url: "'https://www.example.com/watch/' || toString(title)",
  client_application_name: skewed(42, ["web", "ios", "android"]),
  client_application_version: `'4.' || toString(${whole(43, 20)})`,
  player_name: skewed(44, ["Main Player", "Embed", "TV Player"]),
  player_version: `'2.' || toString(${whole(45, 12)})`,
  player_software: skewed(46, ["mux-player", "hls.js", "AVPlayer", "ExoPlayer", "Video.js", "Shaka"]),
  player_software_version: `'1.' || toString(${whole(47, 25)})`,
  player_mux_plugin_name: skewed(46, [
    "mux-player",
    "hls.js",
    "mux-avplayer",
    "mux-stats-exoplayer",
    "videojs-mux",
    "shaka-mux",
  ]),
  player_mux_plugin_version: `'5.' || toString(${whole(48, 20)})`,
  player_language: skewed(49, ["en", "de", "fr", "es", "ja"]),
  player_poster: "'https://image.example.com/' || toString(title) || '/thumbnail.jpg'",
  player_height: maybe(chance(50, 0.95), `${skewed(51, [720, 1080, 480, 360])}`),
  player_width: maybe(chance(50, 0.95), `${skewed(51, [1280, 1920, 854, 640])}`),
  player_autoplay: flag(52, 0.4),
  player_preload: flag(53, 0.3),
  player_remote_played: maybe(chance(54, 0.2), "toUInt8(0)"),
  player_instance_id: "hex(cityHash64(n, 5))",
  player_view_count: `toUInt32(1 + ${zipf(55, 20)})`,
  mux_api_version: "'2.1'",
  mux_embed: "'mux-embed'",
  mux_embed_version: `'5.' || toString(${whole(56, 20)})`,
  time_shift_enabled: flag(57, 0.02),
  used_captions: flag(58, 0.1),
  used_fullscreen: flag(59, 0.25),
  used_pip: flag(60, 0.03),
};

const VIDEO = {
  source_url: "'https://stream.example.com/' || hex(cityHash64(title, 11)) || '.m3u8'",
  source_hostname: skewed(61, ["stream.example.com", "cdn-a.example.com", "cdn-b.example.com"]),
  source_domain: "'example.com'",
  source_type: "'application/x-mpegURL'",
  source_duration_ms: "toUInt32(60000 + intHash32(title) % 7200000)",
  stream_type: skewed(62, ["on-demand", "live"]),
  sub_property_id: "'sub-' || toString(title % 8)",
  video_id: "'video-' || toString(title)",
  video_title: "'A title of some length, number ' || toString(title)",
  video_series: "'Series ' || toString(title % 900)",
  video_producer: "'Producer ' || toString(title % 60)",
  video_language: skewed(63, ["en", "de", "fr", "es"]),
  video_content_type: skewed(64, ["movie", "episode", "clip", "trailer"]),
  video_duration_ms: "source_duration_ms",
  video_variant_id: `'variant-' || toString(title) || '-' || toString(${whole(65, 3)})`,
  video_variant_name: skewed(66, ["main", "director", "short"]),
  video_encoding_variant: skewed(67, ["hls-a", "hls-b"]),
  video_affiliate: "'Affiliate ' || toString(title % 30)",
  video_brand: "'Brand ' || toString(title % 12)",
  video_creator_id: "'creator-' || toString(title % 4000)",
  experiment_name: skewed(68, ["", "control", "variant"]),
  asset_id: "hex(cityHash64(title, 1)) || hex(cityHash64(title, 2))",
  playback_id: "hex(cityHash64(title, 3)) || hex(cityHash64(title, 4))",
  live_stream_id: "if(stream_type = 'live', hex(cityHash64(title, 5)), '')",
  video_codec: skewed(69, CODECS),
  video_codec_initial: skewed(69, CODECS),
  audio_codec: skewed(70, ["mp4a.40.2", "ec-3"]),
  audio_codec_initial: skewed(70, ["mp4a.40.2", "ec-3"]),
  video_dynamic_range_type: skewed(71, ["SDR", "HDR10"]),
  video_dynamic_range_type_initial: skewed(71, ["SDR", "HDR10"]),
  video_source_bitrate: maybe("started", "toUInt32(height * 2400)"),
  video_source_bitrate_initial: maybe("started", "toUInt32(1200000)"),
  video_source_fps: maybe("started", `toFloat32(${skewed(72, [25, 30, 24, 50, 60])})`),
  video_source_fps_initial: maybe("started", `toFloat32(${skewed(72, [25, 30, 24, 50, 60])})`),
  video_source_height: maybe("started", "toUInt32(height)"),
  video_source_height_initial: maybe("started", "toUInt32(480)"),
  video_source_width: maybe("started", "toUInt32(height * 16 / 9)"),
  video_source_width_initial: maybe("started", "toUInt32(854)"),
  cdn: skewed(73, ["fastly", "cloudfront", "akamai", "cloudflare", ""]),
  video_cdn_trace: `if(${chance(74, 0.1)}, [cdn, 'akamai'], [cdn])`,
  view_cdn_edge_pop: `'POP' || toString(${zipf(75, 80)})`,
  view_cdn_origin: "'origin-1'",
  view_drm_type: skewed(76, ["", "widevine", "fairplay"]),
  view_drm_level: skewed(77, ["", "L3", "L1"]),
};

const FAILURE_AND_TIME = {
  error_type_id: maybe("failed", "toUInt32(cityHash64(error_code, error_message) % 1000000)"),
  error_code: `if(failed, ${skewed(78, ["4", "2", "3", "MEDIA_ERR_NETWORK", "403", "manifestLoadError"])}, '')`,
  error_message: `if(failed, 'The media could not be loaded, case ' || toString(${zipf(79, 300)}), '')`,
  error_context: "if(failed, 'fragment of rendition, last answer 503', '')",
  playback_failure: "toUInt8(failed)",
  video_startup_failure: "toUInt8(failed AND NOT started)",
  content_playback_failure: "toUInt8(failed)",
  ad_playback_failure: "toUInt8(0)",
  playback_business_exception: flag(80, 0.003),
  video_startup_business_exception: flag(80, 0.001),
  startup_ms: maybe("started", "start_ms"),
  content_startup_ms: maybe("started", "start_ms"),
  player_startup_ms: maybe(chance(81, 0.9), `toUInt32(${whole(82, 900)} + 50)`),
  page_load_ms: maybe(chance(83, 0.6), `toUInt32(${whole(84, 4_000)} + 100)`),
  aggregate_startup_ms: maybe("started", "start_ms + ifNull(player_startup_ms, 0) + ifNull(page_load_ms, 0)"),
  preroll_startup_ms: maybe("ads > 0", `toUInt32(${whole(85, 2_500)} + 200)`),
  preroll_request_ms: maybe("ads > 0", `toUInt32(${whole(86, 600)} + 30)`),
  preroll_load_ms: maybe("ads > 0", `toUInt32(${whole(87, 1_200)} + 50)`),
  preroll_request_count: maybe("ads > 0", "toUInt32(1)"),
  watch_ms: "played_ms + stall_ms + if(started, start_ms, least(start_ms, 9000)) + seek_ms",
  playing_ms: "played_ms",
  content_playing_ms: "played_ms - ad_playing_ms",
  ad_playing_ms: "toUInt64(least(played_ms, ads * 15000))",
  preroll_playing_ms: "ad_playing_ms",
  midroll_playing_ms: "toUInt64(0)",
  postroll_playing_ms: "toUInt64(0)",
  rebuffer_count: "toUInt32(stalls)",
  rebuffer_ms: "stall_ms",
  longest_rebuffer_ms: "intDiv(stall_ms, greatest(stalls, 1))",
  seek_count: `toUInt32(if(started AND ${chance(88, 0.2)}, 1 + ${zipf(89, 10)}, 0))`,
  seek_ms: `toUInt64(seek_count * ${whole(90, 900)})`,
  max_playhead_ms: "played_ms",
  content_playback_ms: "played_ms",
  playback_ranges: "[(toUInt32(0), toUInt32(played_ms))]",
};

const PICTURE_REQUESTS_ADS = {
  total_upscaling: "toFloat64(ifNull(upscale_ratio, 0) * played_ms)",
  total_downscaling: "toFloat64(ifNull(downscale_ratio, 0) * played_ms)",
  upscale_ratio: maybe("started", `if(height < 1080, ${random(91)} * 0.6, 0.)`),
  downscale_ratio: maybe("started", `if(height > 720, ${random(92)} * 0.3, 0.)`),
  max_upscale_ratio: maybe("started", "ifNull(upscale_ratio, 0) * 1.5"),
  max_downscale_ratio: maybe("started", "ifNull(downscale_ratio, 0) * 1.5"),
  rendition_change_count: `toUInt32(if(started, ${zipf(93, 20)}, 0))`,
  rendition_upshift_count: "intDiv(rendition_change_count + 1, 2)",
  rendition_downshift_count: "intDiv(rendition_change_count, 2)",
  average_bitrate: maybe("started", "toFloat64(height * 2300)"),
  renditions: `if(started, [(toUInt32(1200000), toUInt32(854), toUInt32(480), toFloat32(25), 'avc1.64001f', '480p', toUInt32(least(played_ms, 8000))), (toUInt32(height * 2400), toUInt32(height * 16 / 9), toUInt32(height), toFloat32(25), 'avc1.640028', toString(height) || 'p', toUInt32(played_ms - least(played_ms, 8000)))], [])`,
  playback_modes: "[('inline', '', toUInt32(played_ms))]",
  dropped_frame_count: maybe(chance(94, 0.5), `toUInt32(${zipf(95, 200)})`),
  live_latency_ms: maybe("stream_type = 'live'", `toUInt32(4000 + ${whole(96, 20_000)})`),
  request_count: "toUInt32(6 + intDiv(played_ms, 4000))",
  request_failed_count: `toUInt32(if(${chance(97, 0.05)}, 1, 0))`,
  request_canceled_count: `toUInt32(if(${chance(98, 0.04)}, 1, 0))`,
  request_bytes: "toUInt64(height * 2400 / 8 * played_ms / 1000)",
  request_latency_ms: maybe("started", `20 + pow(${random(99)}, 3) * 800`),
  max_request_latency_ms: maybe("started", "toUInt32(ifNull(request_latency_ms, 0) * 2.2)"),
  request_throughput: maybe("started", `1000000 + ${random(100)} * 60000000`),
  view_has_ad: "toUInt8(ads > 0)",
  ad_request_count: "ads",
  ad_attempt_count: "ads",
  ad_impression_count: `ads - if(${chance(101, 0.1)}, least(ads, 1), 0)`,
  ad_break_count: "toUInt32(ads > 0)",
  ad_break_error_count: `toUInt32(ads > 0 AND ${chance(101, 0.03)})`,
  ad_error_count: `toUInt32(ads > 0 AND ${chance(101, 0.05)})`,
  ad_startup_error_count: `toUInt32(ads > 0 AND ${chance(101, 0.02)})`,
  ad_exit_before_start_count: `toUInt32(ads > 0 AND ${chance(102, 0.02)})`,
  ad_clicked_count: `toUInt32(ads > 0 AND ${chance(103, 0.01)})`,
  ad_skipped_count: `toUInt32(ads > 0 AND ${chance(104, 0.2)})`,
  preroll_requested: "toUInt8(ads > 0)",
  preroll_played: "toUInt8(ads > 0 AND started)",
  preroll_ad_tag_hostname: "if(ads > 0, 'tags.example.net', '')",
  preroll_ad_asset_hostname: "if(ads > 0, 'ads.example.net', '')",
};

const SCORES_AND_REST = {
  playback_success_score: "if(failed, 0., if(started, 1., 0.))",
  startup_time_score: maybe("started", "greatest(0., 1 - start_ms / 10000.)"),
  smoothness_score: maybe("started", "greatest(0., 1 - 4 * stall_ms / (played_ms + stall_ms + 1))"),
  video_quality_score: maybe("started", "1 - ifNull(upscale_ratio, 0) * 0.7"),
  viewer_experience_score: "0.2 + 0.4 * playback_success_score + 0.4 * ifNull(smoothness_score, 0)",
  custom_1: skewed(110, ["stable", "beta", "canary"]),
  custom_2: `'campaign-' || toString(${zipf(111, CUSTOM_VALUES)})`,
  custom_3: "'section-' || toString(title % 40)",
  ...Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`custom_${index + 4}`, "''"])),
  attributes: `'{"page_type":"' || page_type || '","player_instance_id":"' || player_instance_id || '","video_source_url":"' || source_url || '","viewer_client_application_version":"' || client_application_version || '","player_sequence_number":' || toString(event_count) || ',"player_playhead_time":' || toString(max_playhead_ms) || ',"view_watch_time":' || toString(watch_ms) || '}'`,
};

/** Expression of each column that is written; keys of dimensions are made by the table itself. */
export const GENERATED_COLUMNS: Readonly<Record<string, string>> = {
  ...LIFE_AND_VIEWER,
  ...DEVICE_AND_PLAYER,
  ...VIDEO,
  ...FAILURE_AND_TIME,
  ...PICTURE_REQUESTS_ADS,
  ...SCORES_AND_REST,
};

/** Columns of a view's record that the generator forgot. */
export function missingColumns(): string[] {
  return Object.values(RECORD_COLUMNS)
    .map(({ name }) => name)
    .filter((name) => !(name in GENERATED_COLUMNS));
}
