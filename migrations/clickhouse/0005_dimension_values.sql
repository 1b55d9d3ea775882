-- Names behind the numeric dimension keys. Never expires: a few bytes per distinct value.
-- Cost: none (new table). The previous release runs beside it.
CREATE TABLE IF NOT EXISTS dimension_values {cluster}
(
    environment_id UInt32,
    dimension LowCardinality(String),
    key UInt64 COMMENT 'cityHash64(value)',
    value String
)
ENGINE = ReplacingMergeTree
ORDER BY (environment_id, dimension, key)
