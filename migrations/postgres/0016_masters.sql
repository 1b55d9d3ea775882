-- What: masters (an asset's source as a file, for a day), and files of the older setting mp4_support.
-- Lock or cost: adds two columns with constant defaults, which takes their locks for milliseconds; creates the rest.
-- Previous release: runs beside it; it shows files of mp4_support as if each had been asked for by itself.

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
