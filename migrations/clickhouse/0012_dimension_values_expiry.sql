-- A name is kept for as long as a row may need it. The date is in the key, so that a row which needs the name for longer
-- never meets one which needs it for less; whole months keep it to a few rows a name.
-- Cost: none for rows that exist (0015 keeps those ten years). The previous release runs beside it.
ALTER TABLE dimension_values {cluster}
    ADD COLUMN IF NOT EXISTS expires_on Date COMMENT 'first of a month; after it no row needs the name',
    MODIFY ORDER BY (environment_id, dimension, key, expires_on)
