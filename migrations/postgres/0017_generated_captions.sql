-- What: captions written down from speech: text tracks that name the sound they are made of.
-- Lock or cost: replaces a constraint of tracks, which is checked against its rows under a lock: a second for a million.
-- Previous release: runs beside it; it answers 500 for assets that have such tracks until it is replaced.

alter table tracks
  drop constraint tracks_text_source_check,
  add constraint tracks_text_source_check check (text_source in ('uploaded', 'embedded', 'generated_vod')),
  -- the sound that a generated one is made of; null: the one that players begin with, which is not known before the asset is ready
  add column of_track_id text,
  add constraint tracks_of_track check (of_track_id is null or text_source = 'generated_vod');

create or replace view transcoder_text_tracks as
  select t.environment_id, t.asset_id, t.id as track_id, t.status, t.source_url,
    a.deleted_at is null and e.deleted_at is null and t.status <> 'deleted' as active,
    t.text_source, t.language_code, s.name as sound_name, s.language_code as sound_language_code
  from tracks t
  join assets a on a.environment_id = t.environment_id and a.id = t.asset_id
  join environments e on e.id = t.environment_id
  left join tracks s on t.text_source = 'generated_vod' and s.environment_id = t.environment_id and s.asset_id = t.asset_id
    and s.type = 'audio' and (s.id = t.of_track_id or (t.of_track_id is null and s.is_primary))
  where t.type = 'text';
