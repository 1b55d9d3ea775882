-- What: segments that were handed to viewers, for delivered seconds by asset and tier. A row's key is what counts once: a
-- segment of a rendition for a session within an hour. Whatever is sent again, by a player or by a consumer after a
-- restart, hits the same key; so sums are over FINAL and nothing is ever incremented.
-- Cost: none (new table). The previous release runs beside it.
CREATE TABLE IF NOT EXISTS deliveries {cluster}
(
    environment_id UInt32,
    hour DateTime('UTC') COMMENT 'the full hour of at',
    asset_id String,
    session String COMMENT 'vsid of the URL, cmcd:… or request:…',
    rendition LowCardinality(String),
    plan_id LowCardinality(String),
    segment UInt32 COMMENT 'from 0',
    playback_id String,
    tier LowCardinality(String) COMMENT 'of the rendition: audio-only, 720p, 1080p, 1440p, 2160p',
    length_ms UInt32 COMMENT 'how long the segment plays',
    at DateTime64(3, 'UTC') COMMENT 'when the last byte was sent'
)
ENGINE = ReplacingMergeTree
PARTITION BY toMonday(hour)
ORDER BY (environment_id, hour, asset_id, session, rendition, plan_id, segment)
TTL toDate(hour) + INTERVAL 100 DAY
