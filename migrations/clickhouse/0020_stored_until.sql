-- How far the store is filled: the log time up to which everything that a topic holds is in its tables. The collector says so
-- every second; who answers from the store tells it as `as_of` (docs/decisions/as-of.md). One row for each topic.
-- Cost: none (new table). The previous release runs beside it, and says nothing.
CREATE TABLE IF NOT EXISTS stored_until {cluster}
(
    topic LowCardinality(String) COMMENT 'of the event log: beacons',
    as_of DateTime64(3, 'UTC') COMMENT 'log time; never goes back'
)
ENGINE = ReplacingMergeTree(as_of)
ORDER BY topic
