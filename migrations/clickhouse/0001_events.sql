-- Every event of every view, once. A repeat or a replay hits the same key; the partition is the day of the view's first
-- arrival, which never changes, so versions of a row always meet.
-- Cost: none (new table). The previous release runs beside it.
CREATE TABLE IF NOT EXISTS events {cluster}
(
    environment_id UInt32,
    view_id String,
    sequence UInt32,
    view_first_seen DateTime64(3, 'UTC'),
    name LowCardinality(String),
    server_time DateTime64(3, 'UTC') COMMENT 'arrival, log time',
    viewer_time DateTime64(3, 'UTC') COMMENT 'client clock, as sent',
    playhead_ms Int64,
    details String COMMENT 'JSON object of all fields the event carried, long names' CODEC(ZSTD(1)),
    expires_on Date
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(view_first_seen)
ORDER BY (environment_id, view_id, sequence)
TTL expires_on
