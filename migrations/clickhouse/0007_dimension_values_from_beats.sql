-- beats → dimension_values: every value is named before anyone can group by its key.
-- Cost: none (new view). The previous release runs beside it.
CREATE MATERIALIZED VIEW IF NOT EXISTS dimension_values_from_beats {cluster} TO dimension_values AS
SELECT DISTINCT
    environment_id,
    (arrayJoin([
        ('video_title', video_title),
        ('video_id', video_id),
        ('video_series', video_series),
        ('sub_property_id', sub_property_id)
    ]) AS pair).1 AS dimension,
    cityHash64(pair.2) AS key,
    pair.2 AS value
FROM beats
