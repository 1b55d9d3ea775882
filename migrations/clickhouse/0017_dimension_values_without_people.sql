-- views → dimension_values, without the names of people: questions about viewers go by `viewer_id_key` and find its text in
-- the views themselves, and there would be nearly as many names as views.
-- Cost: none; names that are there go with their month. The previous release runs beside it.
ALTER TABLE dimension_values_from_views {cluster} MODIFY QUERY
SELECT DISTINCT
    environment_id,
    (arrayJoin([
        ('view_session_id', view_session_id),
        ('city', city),
        ('page_url', page_url),
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
