-- beats can be told apart by region, asset, stream, playback id and ads as well.
-- Cost: none (no rows). The previous release runs beside it: it leaves the columns out.
ALTER TABLE beats {cluster}
    ADD COLUMN IF NOT EXISTS region String,
    ADD COLUMN IF NOT EXISTS asset_id String,
    ADD COLUMN IF NOT EXISTS playback_id String,
    ADD COLUMN IF NOT EXISTS live_stream_id String,
    ADD COLUMN IF NOT EXISTS view_has_ad UInt8
