-- The same in the live picture; ids are numeric keys there.
-- Cost: none for rows that exist, they get defaults and are gone after 25 hours. The previous release runs beside it.
ALTER TABLE monitoring {cluster}
    ADD COLUMN IF NOT EXISTS region LowCardinality(String),
    ADD COLUMN IF NOT EXISTS asset_id_key UInt64 DEFAULT cityHash64(''),
    ADD COLUMN IF NOT EXISTS playback_id_key UInt64 DEFAULT cityHash64(''),
    ADD COLUMN IF NOT EXISTS live_stream_id_key UInt64 DEFAULT cityHash64(''),
    ADD COLUMN IF NOT EXISTS view_has_ad UInt8
