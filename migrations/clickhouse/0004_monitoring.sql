-- The live picture: the newest version of each view's share of each 5-second bucket, kept 25 hours. Dimensions with
-- many values are numeric keys, named by dimension_values. Read with FINAL.
-- Cost: none (new table). The previous release runs beside it.
CREATE TABLE IF NOT EXISTS monitoring {cluster}
(
    environment_id UInt32,
    bucket DateTime('UTC'),
    view_id String,
    version UInt64,
    video_title_key UInt64,
    video_id_key UInt64,
    video_series_key UInt64,
    sub_property_id_key UInt64,
    country LowCardinality(String),
    cdn LowCardinality(String),
    device_category LowCardinality(String),
    operating_system LowCardinality(String),
    browser LowCardinality(String),
    player_name LowCardinality(String),
    stream_type LowCardinality(String),
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
    bitrate UInt32
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toStartOfInterval(bucket, INTERVAL 4 HOUR)
ORDER BY (environment_id, bucket, view_id)
TTL bucket + INTERVAL 25 HOUR
