-- The same in the live picture, as a numeric key like those of table views. Viewers have no names in dimension_values.
-- Cost: none for rows that exist, they get "nobody" and are gone after 25 hours; 8 bytes or less for each new row (docs/schema.md). The
-- previous release runs beside it: its rows say "nobody".
ALTER TABLE monitoring {cluster}
    ADD COLUMN IF NOT EXISTS viewer_id_key UInt64 DEFAULT cityHash64('')
