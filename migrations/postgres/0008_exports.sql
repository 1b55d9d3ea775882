-- What: files of views, one for each day and environment, with how far the making of each has come.
-- Lock or cost: creates only; nothing to wait for.
-- Previous release: runs beside it, since it knows none of this.

-- A row is there from when the day is over until its file is deleted, seven days later.
create table exports (
  environment_id text not null references environments on delete restrict,
  -- of UTC, as 2026-01-31
  day text not null check (day ~ '^\d{4}-\d{2}-\d{2}$'),
  status text not null check (status in ('waiting', 'making', 'ready', 'failed')),
  -- known while it is made
  rows_total bigint check (rows_total >= 0),
  rows_written bigint not null default 0 check (rows_written >= 0),
  -- of the compressed file, once ready
  size_bytes bigint check (size_bytes >= 0),
  -- what ended the last attempt
  error text check (char_length(error) <= 1000),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, day),
  check ((status = 'ready') = (size_bytes is not null))
);
create index exports_unfinished on exports (day) where status <> 'ready';
