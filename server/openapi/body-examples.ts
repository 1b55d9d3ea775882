/** A body for every write that takes one, by method and path: shown on the reference page, and sent by the tests. */
export const BODY_EXAMPLES: Readonly<Record<string, object>> = {
  "POST /data/v1/annotations": { date: 1_795_500_000, note: "Player 2.1 released" },
  "PATCH /data/v1/annotations/{annotation_id}": { date: 1_795_500_000, note: "Player 2.1 released to everybody" },
  "PUT /data/v1/errors/{error_type_id}/notes": { notes: "Mended in player 2.1" },
  "PUT /data/v1/error-categories/{code}": { severity: "warning", type: "playback_failure" },
  "POST /data/v1/query": {
    metrics: [{ id: "views" }, { id: "video_startup_time", measurement: "95th" }],
    group_by: ["country"],
    timeframe: ["7:days"],
  },
  "POST /data/v1/sql": {
    query: "SELECT country, count() AS views FROM views GROUP BY country ORDER BY views DESC LIMIT 10",
  },
  "POST /system/v1/webhooks": { address: "https://example.com/webhooks" },
  "PATCH /system/v1/webhooks/{webhook_id}": { enabled: true },
  "POST /system/v1/webhook-events/{webhook_event_id}/replay": {},
  "POST /video/v1/assets": {
    inputs: [{ url: "https://example.com/film.mp4" }],
    playback_policies: ["public"],
    passthrough: "film-42",
  },
  "POST /video/v1/assets/batch": {
    assets: [
      { inputs: [{ url: "https://example.com/one.mp4" }], playback_policies: ["public"], passthrough: "film-1" },
      { inputs: [{ url: "https://example.com/two.mp4" }], playback_policies: ["signed"], passthrough: "film-2" },
    ],
  },
  "PATCH /video/v1/assets/{asset_id}": { passthrough: "film-42" },
  "PUT /video/v1/assets/{asset_id}/master-access": { master_access: "temporary" },
  "PUT /video/v1/assets/{asset_id}/mp4-support": { mp4_support: "none" },
  "POST /video/v1/assets/{asset_id}/playback-ids": { policy: "public" },
  "POST /video/v1/assets/{asset_id}/static-renditions": { resolution: "highest" },
  "POST /video/v1/playback-restrictions": {
    referrer: { allowed_domains: ["*.example.com"], allow_no_referrer: true },
    user_agent: { allow_no_user_agent: false, allow_high_risk_user_agent: false },
  },
  "PUT /video/v1/playback-restrictions/{playback_restriction_id}/referrer": {
    allowed_domains: ["*.example.com", "example.com"],
    allow_no_referrer: false,
  },
  "PUT /video/v1/playback-restrictions/{playback_restriction_id}/user_agent": {
    allow_no_user_agent: false,
    allow_high_risk_user_agent: false,
  },
  "POST /video/v1/assets/{asset_id}/tracks": {
    url: "https://example.com/film-en.srt",
    type: "text",
    text_type: "subtitles",
    language_code: "en",
    closed_captions: true,
  },
  "POST /video/v1/assets/{asset_id}/tracks/{audio_track_id}/generate-subtitles": {
    generated_subtitles: [{ language_code: "en", name: "English (generated)" }],
  },
  "PATCH /video/v1/assets/{asset_id}/tracks/{track_id}": { name: "English for the deaf and hard of hearing" },
  "POST /video/v1/transcription-vocabularies": {
    phrases: ["Playhead", "rendition", "multivariant playlist"],
    name: "Words of our talks",
  },
  "PUT /video/v1/transcription-vocabularies/{transcription_vocabulary_id}": {
    phrases: ["Playhead", "rendition", "bitrate"],
  },
  "POST /video/v1/uploads": {
    cors_origin: "https://app.example.com",
    new_asset_settings: { playback_policies: ["public"] },
  },
};
