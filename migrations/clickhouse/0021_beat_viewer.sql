-- beats also tell whose view it is, so that viewers of one video can be told apart while they watch.
-- Cost: none (no rows). The previous release runs beside it: it leaves the column out.
ALTER TABLE beats {cluster}
    ADD COLUMN IF NOT EXISTS viewer_id String
