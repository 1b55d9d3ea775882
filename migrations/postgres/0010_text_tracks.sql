-- What: text tracks (captions): what is known of them, the views from which delivery and transcoder read them.
-- Lock or cost: adds empty columns to tracks, which takes its lock for milliseconds.
-- Previous release: runs beside it; it shows text tracks without their text's facts.

alter table tracks
  add column text_type text check (text_type = 'subtitles'),
  add column text_source text check (text_source in ('uploaded', 'embedded')),
  -- for the deaf and hard of hearing: also tells sounds
  add column closed_captions boolean,
  add column passthrough text check (char_length(passthrough) <= 255),
  -- where an uploaded one is fetched from
  add column source_url text check (char_length(source_url) <= 8192),
  -- type and messages, as the API gives them
  add column error jsonb,
  add constraint tracks_text check ((type = 'text') = (text_source is not null)),
  add constraint tracks_source check ((text_source is not distinct from 'uploaded') = (source_url is not null)),
  add constraint tracks_error check (error is null or status in ('errored', 'deleted'));

-- The name of a track is what viewers choose by.
create unique index tracks_text_name on tracks (environment_id, asset_id, name) where type = 'text' and status <> 'deleted';

-- Tracks come and go after the plan is made; what a track says never changes, and is stored under its id.
create view delivery_text_tracks as
  select environment_id, asset_id, id as track_id, name, language_code, coalesce(closed_captions, false) as closed_captions,
    created_at
  from tracks
  where type = 'text' and status = 'ready';

create view transcoder_text_tracks as
  select t.environment_id, t.asset_id, t.id as track_id, t.status, t.source_url,
    a.deleted_at is null and e.deleted_at is null and t.status <> 'deleted' as active
  from tracks t
  join assets a on a.environment_id = t.environment_id and a.id = t.asset_id
  join environments e on e.id = t.environment_id
  where t.type = 'text';
