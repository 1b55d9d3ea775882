-- What: dated notes that charts show.
-- Lock or cost: creates only; nothing to wait for.
-- Previous release: runs beside it, since it knows none of this.

create table annotations (
  environment_id text not null references environments on delete restrict,
  id uuid not null unique default gen_random_uuid(),
  -- the moment that the note is about, to the second
  date timestamptz not null,
  note text not null check (char_length(note) between 1 and 5000),
  sub_property_id text check (char_length(sub_property_id) between 1 and 255),
  created_at timestamptz not null,
  primary key (environment_id, id)
);
create index annotations_date on annotations (environment_id, date, created_at, id);
