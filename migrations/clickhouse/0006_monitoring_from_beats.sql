-- beats → monitoring. Changed by MODIFY QUERY or a new target only, never by drop and create under load.
-- Cost: none (new view). The previous release runs beside it.
CREATE MATERIALIZED VIEW IF NOT EXISTS monitoring_from_beats {cluster} TO monitoring AS
SELECT
    environment_id,
    bucket,
    view_id,
    version,
    cityHash64(video_title) AS video_title_key,
    cityHash64(video_id) AS video_id_key,
    cityHash64(video_series) AS video_series_key,
    cityHash64(sub_property_id) AS sub_property_id_key,
    country,
    cdn,
    device_category,
    operating_system,
    browser,
    player_name,
    stream_type,
    asn,
    concurrent,
    starting_up,
    watch_ms,
    rebuffer_ms,
    start_attempt,
    startup_ms,
    startup_failure,
    exit_before_start,
    playback_failure,
    bitrate
FROM beats
