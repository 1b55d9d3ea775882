-- What: indexes by which assets are searched, transcription vocabularies, files of what was delivered on each day.
-- Lock or cost: builds indexes of assets while nobody writes to the table: about two seconds for 100,000 assets.
-- Previous release: runs beside it, since it knows none of this.

create index assets_status on assets (environment_id, status, created_at desc, id desc) where deleted_at is null;
create index assets_passthrough on assets (environment_id, passthrough, created_at desc, id desc)
  where deleted_at is null and passthrough is not null;
create index assets_external_id on assets (environment_id, (meta ->> 'external_id'), created_at desc, id desc)
  where deleted_at is null and (meta ->> 'external_id') is not null;
create index assets_creator_id on assets (environment_id, (meta ->> 'creator_id'), created_at desc, id desc)
  where deleted_at is null and (meta ->> 'creator_id') is not null;

-- Phrases that a recogniser of speech should know. Nothing reads them yet.
create table transcription_vocabularies (
  environment_id text not null references environments on delete restrict,
  id text not null unique check (id ~ '^[A-Za-z0-9]{32,50}$'),
  name text check (char_length(name) <= 255),
  passthrough text check (char_length(passthrough) <= 255),
  phrases text[] not null check (cardinality(phrases) between 1 and 1000),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id)
);
create index transcription_vocabularies_newest
  on transcription_vocabularies (environment_id, created_at desc, id desc);

-- A row is there from when the day is over until its file is deleted, 400 days later.
create table usage_exports (
  environment_id text not null references environments on delete restrict,
  -- of UTC, as 2026-01-31
  day text not null check (day ~ '^\d{4}-\d{2}-\d{2}$'),
  -- of the file, once it is there
  size_bytes bigint check (size_bytes >= 0),
  -- made anew when the log cannot hold anything of the day any more
  made_at timestamptz,
  created_at timestamptz not null,
  primary key (environment_id, day),
  check ((made_at is null) = (size_bytes is null))
);
create index usage_exports_day on usage_exports (day);
