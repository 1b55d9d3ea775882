-- What: masters (an asset's source as a file, for a day), files of the older setting mp4_support, further sound by URL.
-- Lock or cost: adds two columns with constant defaults, which takes their locks for milliseconds; changes a check of tracks, which
-- reads them once; creates the rest.
-- Previous release: runs beside it; it shows files of mp4_support as if each had been asked for by itself, and offers no further sound.

create table masters (
  environment_id text not null,
  asset_id text not null,
  id text not null unique check (id ~ '^[A-Za-z0-9]{32,50}$'),
  status text not null check (status in ('preparing', 'ready', 'errored')),
  -- once ready: the last part of its URL, where its bytes lie (a file of its own, or the source), the secret of its URL, the URL
  name text,
  object_key text,
  url_token text,
  url text,
  -- by the database's clock
  expires_at timestamptz,
  created_at timestamptz not null,
  deleted_at timestamptz,
  primary key (environment_id, asset_id, id),
  foreign key (environment_id, asset_id) references assets on delete restrict,
  check ((status = 'ready') = (num_nulls(name, object_key, url_token, url, expires_at) = 0)),
  check (num_nulls(name, object_key, url_token, url, expires_at) in (0, 5))
);
create unique index masters_one on masters (environment_id, asset_id) where deleted_at is null;

create view delivery_masters as
  select m.id as master_id, m.environment_id, m.asset_id, m.name, m.object_key, m.url_token, m.expires_at,
    m.deleted_at is null and m.expires_at > now() and a.deleted_at is null and e.deleted_at is null as active
  from masters m
  join assets a on a.environment_id = m.environment_id and a.id = m.asset_id
  join environments e on e.id = m.environment_id
  where m.status = 'ready';

alter table assets
  add column mp4_support text not null default 'none'
    check (mp4_support in ('none', 'standard', 'capped-1080p', 'audio-only', 'audio-only,capped-1080p'));

-- made because of mp4_support, not asked for one by one
alter table static_renditions add column is_legacy boolean not null default false;

-- Sound that is added by URL has one too; the sounds of the asset's own file have none.
alter table tracks drop constraint tracks_source;
alter table tracks add constraint tracks_source check (
  case type
    when 'text' then (text_source = 'uploaded' and source_track_id is null) = (source_url is not null)
    when 'audio' then source_url is null or not is_primary
    else source_url is null
  end
);

create unique index tracks_sound_name on tracks (environment_id, asset_id, name)
  where type = 'audio' and source_url is not null and status <> 'deleted';

create view delivery_sound_tracks as
  select environment_id, asset_id, id as track_id, name, language_code, created_at
  from tracks
  where type = 'audio' and source_url is not null and status = 'ready';

create view transcoder_sound_tracks as
  select t.environment_id, t.asset_id, t.id as track_id, t.status, t.source_url, a.plan_id,
    a.deleted_at is null and e.deleted_at is null and t.status <> 'deleted' as active
  from tracks t
  join assets a on a.environment_id = t.environment_id and a.id = t.asset_id
  join environments e on e.id = t.environment_id
  where t.type = 'audio' and t.source_url is not null;
