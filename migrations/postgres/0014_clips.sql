-- What: clips: assets that are made of a stretch of another one, with its text tracks. The time of an asset's usual thumbnail.
-- Lock or cost: adds empty columns; checks read assets and tracks once, a second a million rows, and nobody writes meanwhile.
-- Previous release: runs beside it until there is a clip; its API cannot answer with one.

alter table assets
  drop constraint assets_ingest_type_check,
  add constraint assets_ingest_type_check
    check (ingest_type in ('on_demand_url', 'on_demand_direct_upload', 'on_demand_clip')),
  add column source_asset_id text,
  -- of the source's time line
  add column clip_start_seconds double precision check (clip_start_seconds >= 0),
  add column clip_end_seconds double precision check (clip_end_seconds > clip_start_seconds),
  add constraint assets_clip check (
    (ingest_type = 'on_demand_clip') = (source_asset_id is not null)
    and (source_asset_id is not null) = (clip_start_seconds is not null)
    and (source_asset_id is not null) = (clip_end_seconds is not null)),
  add constraint assets_clip_source foreign key (environment_id, source_asset_id) references assets on delete restrict;

-- Where an asset's thumbnail is taken from that names no time.
alter table assets add column thumbnail_seconds double precision check (thumbnail_seconds >= 0);

create view delivery_thumbnail_times as
  select environment_id, id as asset_id, thumbnail_seconds
  from assets
  where thumbnail_seconds is not null;

-- The bytes of an asset stay while clips are made of it.
create index assets_clips_in_making on assets (environment_id, source_asset_id)
  where source_asset_id is not null and status = 'preparing';

-- The track of the source asset whose text this one takes over.
alter table tracks
  add column source_track_id text,
  add constraint tracks_source_track check (source_track_id is null or type = 'text'),
  drop constraint tracks_source,
  add constraint tracks_source check (
    (text_source is not distinct from 'uploaded' and source_track_id is null) = (source_url is not null));

-- The source may be deleted meanwhile: it was there when the clip was asked for.
create view transcoder_clips as
  select a.environment_id, a.id as asset_id, a.source_asset_id, s.plan_id as source_plan_id,
    a.clip_start_seconds as start_seconds, a.clip_end_seconds as end_seconds
  from assets a join assets s on s.environment_id = a.environment_id and s.id = a.source_asset_id;

create view transcoder_clip_texts as
  select environment_id, asset_id, id as track_id, source_track_id
  from tracks
  where source_track_id is not null and status = 'preparing';
