-- What: files of whole renditions (MP4, M4A) that an asset has beside its segments.
-- Lock or cost: creates only; nothing to wait for.
-- Previous release: runs beside it, since it knows none of this.

-- `name` is that of the URL. `skipped`: the source is smaller, or has no such track.
create table static_renditions (
  environment_id text not null,
  asset_id text not null,
  id text not null unique check (id ~ '^[A-Za-z0-9]{32,50}$'),
  resolution text not null,
  name text not null,
  status text not null check (status in ('preparing', 'ready', 'skipped', 'errored')),
  passthrough text check (char_length(passthrough) <= 255),
  -- known once ready; a file of sound has no size
  width integer check (width > 0),
  height integer check (height > 0),
  bitrate bigint,
  size_bytes bigint,
  -- of which plan it was made
  plan_id text,
  created_at timestamptz not null,
  deleted_at timestamptz,
  primary key (environment_id, asset_id, id),
  foreign key (environment_id, asset_id) references assets on delete restrict
);
create unique index static_renditions_name on static_renditions (environment_id, asset_id, name) where deleted_at is null;
