-- views → dimension_values, without what is new in nearly every view: sessions and addresses of pages. Like those of people
-- their names are read from the views themselves (domain/metrics/named-by-views.ts).
-- Cost: none; names that are there go with their month. The previous release runs beside it, and shows digits for sessions
-- and pages that it has not seen before.
ALTER TABLE dimension_values_from_views {cluster} MODIFY QUERY
SELECT DISTINCT
    environment_id,
    (arrayJoin([
        ('city', city),
        ('sub_property_id', sub_property_id),
        ('video_id', video_id),
        ('video_title', video_title),
        ('video_series', video_series),
        ('video_variant_id', video_variant_id),
        ('video_creator_id', video_creator_id),
        ('asset_id', asset_id),
        ('playback_id', playback_id),
        ('live_stream_id', live_stream_id),
        ('custom_1', custom_1),
        ('custom_2', custom_2),
        ('custom_3', custom_3),
        ('custom_4', custom_4),
        ('custom_5', custom_5),
        ('custom_6', custom_6),
        ('custom_7', custom_7),
        ('custom_8', custom_8),
        ('custom_9', custom_9),
        ('custom_10', custom_10),
        ('custom_11', custom_11),
        ('custom_12', custom_12),
        ('custom_13', custom_13),
        ('custom_14', custom_14),
        ('custom_15', custom_15),
        ('custom_16', custom_16),
        ('custom_17', custom_17),
        ('custom_18', custom_18),
        ('custom_19', custom_19),
        ('custom_20', custom_20)
    ]) AS pair).1 AS dimension,
    cityHash64(pair.2) AS key,
    pair.2 AS value,
    toStartOfMonth(views.expires_on) + INTERVAL 1 MONTH AS expires_on
FROM views
