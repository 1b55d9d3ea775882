-- events + when the client sent them, and whether they came after their view was final and so change nothing in it: with
-- both, every number of a view can be worked out of its events again. A late repeat of an event that counted is a row of
-- its own, since it must not take the place of the other.
-- Cost: none (two columns of metadata, one of them at the end of the sorting key). The previous release runs beside it.
ALTER TABLE events {cluster}
    ADD COLUMN IF NOT EXISTS sent_time Nullable(DateTime64(3, 'UTC')) COMMENT 'client clock at sending, as sent' AFTER server_time,
    ADD COLUMN IF NOT EXISTS late UInt8 COMMENT 'came after its view was final' AFTER sequence,
    MODIFY ORDER BY (environment_id, view_id, sequence, late)
