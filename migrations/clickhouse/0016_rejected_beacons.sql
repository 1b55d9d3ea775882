-- What of beacons was not taken: counts by reason, and samples to look at and to send again, for a week. A row is what one
-- record of the log says: `stage` and `partition` tell which log, `position` and `item` which record, so that reading it
-- again hits the same key. Rows that count hold no sample, samples count nothing.
-- Cost: none (new table). The previous release runs beside it.
CREATE TABLE IF NOT EXISTS rejected_beacons {cluster}
(
    environment_id UInt32 COMMENT '0: of no environment that exists',
    at DateTime64(3, 'UTC') COMMENT 'arrival, log time',
    stage LowCardinality(String) COMMENT 'edge: not written to the log; views: not folded',
    partition UInt16,
    position UInt64,
    item UInt32,
    reason LowCardinality(String) COMMENT 'domain/messages/rejection-reasons.ts',
    count UInt32 COMMENT 'events, or requests where nobody could count those',
    is_sample UInt8,
    env_key String COMMENT 'as the sender claims it',
    viewer_address String COMMENT 'cut to its network',
    user_agent String CODEC(ZSTD(1)),
    referrer String CODEC(ZSTD(1)),
    host String,
    path String CODEC(ZSTD(1)),
    content_type LowCardinality(String),
    content_encoding LowCardinality(String) COMMENT 'of body; empty when it was unpacked',
    event String COMMENT 'first event that was not taken, JSON, cut' CODEC(ZSTD(3)),
    body String CODEC(ZSTD(3)),
    is_base64 UInt8 COMMENT 'body is base64, since the bytes are no UTF-8',
    body_bytes UInt32,
    replayable UInt8 COMMENT 'body is whole'
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(at)
ORDER BY (environment_id, at, stage, partition, position, item)
TTL toDate(at) + INTERVAL 7 DAY
