-- beats → dimension_values, with the added dimensions. A beat needs its names for 25 hours.
-- Cost: none. The previous release runs beside it.
ALTER TABLE dimension_values_from_beats {cluster} MODIFY QUERY
SELECT DISTINCT
    environment_id,
    (arrayJoin([
        ('video_title', video_title),
        ('video_id', video_id),
        ('video_series', video_series),
        ('sub_property_id', sub_property_id),
        ('asset_id', asset_id),
        ('playback_id', playback_id),
        ('live_stream_id', live_stream_id)
    ]) AS pair).1 AS dimension,
    cityHash64(pair.2) AS key,
    pair.2 AS value,
    toStartOfMonth(toDate(bucket) + 2) + INTERVAL 1 MONTH AS expires_on
FROM beats
