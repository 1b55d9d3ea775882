-- events + of an error: the category that the environment had for its code when it came, which overrules what `details` say.
-- With it every number of a view can still be worked out of its events.
-- Cost: none (two columns of metadata). The previous release runs beside it; what it stores has no category.
ALTER TABLE events {cluster}
    ADD COLUMN IF NOT EXISTS error_severity LowCardinality(String) COMMENT 'of the category of an error; empty where it has none' AFTER details,
    ADD COLUMN IF NOT EXISTS error_type LowCardinality(String) COMMENT 'of the same category' AFTER error_severity
