-- Where the collector puts beats: one per view and 5-second bucket. Stores nothing itself; the materialized views
-- behind it do. A repeated insert gives the same rows again, which the keyed targets take as one.
-- Cost: none (new table). The previous release runs beside it.
CREATE TABLE IF NOT EXISTS beats {cluster}
(
    environment_id UInt32,
    bucket DateTime('UTC'),
    view_id String,
    version UInt64,
    video_title String,
    video_id String,
    video_series String,
    sub_property_id String,
    country String,
    cdn String,
    device_category String,
    operating_system String,
    browser String,
    player_name String,
    stream_type String,
    asn UInt32,
    concurrent UInt8,
    starting_up UInt8,
    watch_ms UInt16,
    rebuffer_ms UInt16,
    start_attempt UInt8,
    startup_ms Nullable(UInt32),
    startup_failure UInt8,
    exit_before_start UInt8,
    playback_failure UInt8,
    bitrate UInt32 COMMENT 'bit/s of the rendition, 0 when unknown'
)
ENGINE = Null
