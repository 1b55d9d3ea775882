-- One row per version of a view, written when it completes and when it changes afterwards. Sorting and partition keys
-- are frozen by the view's first record. Read with FINAL and do_not_merge_across_partitions_select_final = 1.
-- Cost: none (new table). The previous release runs beside it.
CREATE TABLE IF NOT EXISTS views {cluster}
(
    environment_id UInt32,
    first_seen DateTime64(3, 'UTC') COMMENT 'arrival of the first record, log time',
    view_id String,
    version UInt64 COMMENT 'log position up to which the row is folded',
    counted UInt8 COMMENT '1: play was wanted or an error came; only such views count',
    view_start DateTime64(3, 'UTC'),
    view_end DateTime64(3, 'UTC'),
    ended UInt8 COMMENT '1: the client said viewend',
    event_count UInt32,
    sample_rate Float32,
    country LowCardinality(String),
    viewer_address String COMMENT 'cut to /24 or /48',
    browser LowCardinality(String),
    browser_version String,
    operating_system LowCardinality(String),
    operating_system_version String,
    device_category LowCardinality(String),
    device_manufacturer LowCardinality(String),
    device_model String,
    cdn LowCardinality(String),
    player_name LowCardinality(String),
    player_version LowCardinality(String),
    player_software LowCardinality(String),
    stream_type LowCardinality(String),
    sub_property_id String,
    video_id String,
    video_title String,
    video_series String,
    video_id_key UInt64 MATERIALIZED cityHash64(video_id) COMMENT 'group and filter by the keys: 8 times faster',
    video_title_key UInt64 MATERIALIZED cityHash64(video_title),
    video_series_key UInt64 MATERIALIZED cityHash64(video_series),
    startup_ms Nullable(UInt32) COMMENT 'play wanted to first frame',
    watch_ms UInt64,
    rebuffer_count UInt32,
    rebuffer_ms UInt64,
    seek_count UInt32,
    seek_ms UInt64,
    max_playhead_ms UInt64,
    request_count UInt32,
    request_failed_count UInt32,
    playback_failure UInt8,
    video_startup_failure UInt8,
    exit_before_video_start UInt8,
    error_code String,
    error_message String,
    attributes String COMMENT 'JSON object: newest value of every field, as the client reported it' CODEC(ZSTD(1)),
    expires_on Date,
    INDEX by_view_id view_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toMonday(first_seen)
ORDER BY (environment_id, first_seen, view_id)
TTL expires_on
