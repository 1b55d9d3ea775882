-- What: what people say of errors that views had: a note on an error, and of which kind an error code is.
-- Lock or cost: creates only; nothing to wait for.
-- Previous release: runs beside it, since it knows none of this.

-- `error_type_id` stands for one pair of code and message, the same everywhere and for ever (domain/view/record/errors-of.ts);
-- a note may be there before the first view that has the error.
create table error_notes (
  environment_id text not null references environments on delete restrict,
  error_type_id integer not null check (error_type_id > 0),
  note text not null check (char_length(note) between 1 and 5000),
  updated_at timestamptz not null,
  primary key (environment_id, error_type_id)
);

create table error_categories (
  environment_id text not null references environments on delete restrict,
  code text not null check (char_length(code) between 1 and 128),
  severity text not null check (severity in ('fatal', 'warning')),
  type text not null check (type in ('playback_failure', 'business_exception')),
  updated_at timestamptz not null,
  primary key (environment_id, code)
);
