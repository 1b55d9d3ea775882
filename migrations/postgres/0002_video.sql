-- What: assets with tracks, playback ids, uploads, progress and leases of transcoders, events for webhooks; the views that
--   delivery, transcoder and collector read.
-- Lock or cost: creates only; nothing to wait for.
-- Previous release: runs beside it, since it knows none of this.

-- Written by the server alone; what a transcoder finds out comes as a job's result. Deleted ones stay: ids are never reused.
create table assets (
  environment_id text not null references environments on delete restrict,
  id text not null unique check (id ~ '^[A-Za-z0-9]{32,50}$'),
  status text not null check (status in ('preparing', 'ready', 'errored')),
  ingest_type text not null check (ingest_type in ('on_demand_url', 'on_demand_direct_upload')),
  input_url text check (char_length(input_url) <= 8192),
  upload_id text,
  -- as the wire gives them back
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  passthrough text check (char_length(passthrough) <= 255),
  meta jsonb not null default '{}' check (jsonb_typeof(meta) = 'object'),
  video_quality text not null check (video_quality in ('basic', 'plus', 'premium')),
  max_resolution_tier text not null check (max_resolution_tier in ('1080p', '1440p', '2160p')),
  is_test boolean not null default false,
  -- known once ready
  source_generation integer,
  plan_id text check (plan_id ~ '^[0-9a-f]{16}$'),
  duration_seconds double precision check (duration_seconds >= 0),
  aspect_ratio text,
  resolution_tier text,
  max_stored_resolution text,
  max_stored_frame_rate double precision,
  input_facts jsonb,
  -- each key a reason of reference video-api.md §3.5
  non_standard_input_reasons jsonb,
  errors jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (environment_id, id),
  check ((status = 'ready') = (plan_id is not null)),
  check ((status = 'errored') = (errors is not null))
);
create index assets_newest on assets (environment_id, created_at desc, id desc) where deleted_at is null;
create index assets_upload on assets (environment_id, upload_id) where upload_id is not null;

create table tracks (
  environment_id text not null,
  asset_id text not null,
  id text not null unique check (id ~ '^[A-Za-z0-9]{32,50}$'),
  type text not null check (type in ('video', 'audio', 'text')),
  status text not null check (status in ('preparing', 'ready', 'errored', 'deleted')),
  is_primary boolean not null default false,
  duration_seconds double precision,
  max_width integer,
  max_height integer,
  max_frame_rate double precision,
  max_channels integer,
  language_code text,
  name text,
  created_at timestamptz not null,
  primary key (environment_id, asset_id, id),
  foreign key (environment_id, asset_id) references assets on delete restrict
);

create table playback_ids (
  environment_id text not null,
  id text not null unique check (id ~ '^[A-Za-z0-9]{32,50}$'),
  asset_id text not null,
  policy text not null check (policy in ('public', 'signed')),
  created_at timestamptz not null,
  deleted_at timestamptz,
  primary key (environment_id, id),
  foreign key (environment_id, asset_id) references assets on delete restrict
);
create index playback_ids_asset on playback_ids (environment_id, asset_id);

-- The asset's id is chosen with the upload, because the bytes land under it; clients see it when the asset exists.
create table uploads (
  environment_id text not null references environments on delete restrict,
  id text not null unique check (id ~ '^[A-Za-z0-9]{32,50}$'),
  -- the secret part of the URL that bytes are sent to
  url_token text not null unique check (char_length(url_token) >= 43),
  status text not null check (status in ('waiting', 'asset_created', 'errored', 'cancelled', 'timed_out')),
  timeout_seconds integer not null check (timeout_seconds between 60 and 604800),
  expires_at timestamptz not null,
  cors_origin text not null,
  new_asset_settings jsonb not null default '{}' check (jsonb_typeof(new_asset_settings) = 'object'),
  is_test boolean not null default false,
  asset_id text not null unique check (asset_id ~ '^[A-Za-z0-9]{32,50}$'),
  error jsonb,
  created_at timestamptz not null,
  primary key (environment_id, id)
);
create index uploads_newest on uploads (environment_id, created_at desc, id desc);
create index uploads_waiting on uploads (expires_at) where status = 'waiting';

-- How far a transcoder is; the only row of an asset that it writes by itself. `progress` in percent.
create table asset_progress (
  environment_id text not null,
  asset_id text not null,
  state text not null check (state in ('ingesting', 'transcoding')),
  progress double precision not null check (progress between 0 and 100),
  updated_at timestamptz not null default now(),
  primary key (environment_id, asset_id),
  foreign key (environment_id, asset_id) references assets on delete restrict
);

-- Who makes an object just now: a transcoder takes the row before it encodes and renews it while it works. An expired row
-- belongs to nobody. `key` is the object's.
create table leases (
  environment_id text not null,
  key text not null,
  owner text not null,
  expires_at timestamptz not null,
  primary key (environment_id, key)
);

-- What happened, written in the transaction that made it happen; webhooks are sent from here. `data` is the whole resource
-- as the API gave it then.
create table webhook_events (
  environment_id text not null references environments on delete restrict,
  id uuid not null unique default gen_random_uuid(),
  -- order of happening; gaps are possible
  number bigint not null generated always as identity,
  type text not null check (type ~ '^video\.[a-z_]+(\.[a-z_]+)*$'),
  object_type text not null,
  object_id text not null,
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  created_at timestamptz not null,
  primary key (environment_id, id)
);
create index webhook_events_number on webhook_events (environment_id, number);
create index webhook_events_object on webhook_events (environment_id, object_id, number);

-- Playback ids are never given out again, so the rows that hold them stay, and asset ids with them.
create trigger assets_stay before delete on assets for each row execute function refuse_delete();
create trigger assets_stay_all before truncate on assets for each statement execute function refuse_delete();
create trigger playback_ids_stay before delete on playback_ids for each row execute function refuse_delete();
create trigger playback_ids_stay_all before truncate on playback_ids for each statement execute function refuse_delete();

create view delivery_playback_ids as
  select p.id as playback_id, p.policy, p.environment_id, p.asset_id, a.status, a.plan_id, a.duration_seconds,
    a.meta ->> 'title' as title,
    p.deleted_at is null and a.deleted_at is null and e.deleted_at is null as active
  from playback_ids p
  join assets a on a.environment_id = p.environment_id and a.id = p.asset_id
  join environments e on e.id = p.environment_id;

create view transcoder_assets as
  select a.environment_id, a.id as asset_id, a.status, a.ingest_type, a.input_url, a.source_generation, a.plan_id,
    a.max_resolution_tier, a.video_quality, a.deleted_at is null and e.deleted_at is null as active
  from assets a join environments e on e.id = a.environment_id;

-- Beacons without an environment key belong to the owner of the playback id that they name.
create view collector_playback_ids as
  select p.id as playback_id, e.number as environment_number, p.environment_id, e.retention_days,
    p.asset_id, a.meta ->> 'title' as title, e.deleted_at is null as active
  from playback_ids p
  join assets a on a.environment_id = p.environment_id and a.id = p.asset_id
  join environments e on e.id = p.environment_id;
