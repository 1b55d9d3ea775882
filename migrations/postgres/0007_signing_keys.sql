-- What: public halves of the keys with which customers sign tokens.
-- Lock or cost: creates only; nothing to wait for.
-- Previous release: runs beside it, since it knows none of this.

-- `id` alone is unique too: a token names its key before anyone knows the environment. The private half is given out once and
-- never kept. Deleted ones stay: their ids are not given out again.
create table signing_keys (
  environment_id text not null references environments on delete restrict,
  id text not null unique check (id ~ '^[A-Za-z0-9]{32,50}$'),
  -- SubjectPublicKeyInfo as PEM
  public_key text not null check (public_key like '-----BEGIN PUBLIC KEY-----%'),
  created_at timestamptz not null,
  deleted_at timestamptz,
  primary key (environment_id, id)
);
create index signing_keys_newest on signing_keys (environment_id, created_at desc, id desc) where deleted_at is null;
