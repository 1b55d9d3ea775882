-- What: organisations, environments, people with sessions, access tokens, environment keys, audit log; the collector's view.
-- Lock or cost: creates only; nothing to wait for.
-- Previous release: there is none.

create table organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null check (char_length(name) between 1 and 200),
  created_at timestamptz not null default now()
);

-- `id` is public (URLs, tokens), `number` is the first column of every ClickHouse key and `property_id` on the wire (UInt32).
create table environments (
  id text primary key check (id ~ '^[a-z0-9]{6}$'),
  number bigint not null unique generated always as identity (minvalue 1 maxvalue 4294967295 no cycle),
  organization_id uuid not null references organizations on delete restrict,
  name text not null check (char_length(name) between 1 and 200),
  type text not null check (type in ('production', 'development')),
  retention_days integer not null default 90 check (retention_days between 1 and 3650),
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  unique (organization_id, id)
);

create table people (
  id uuid primary key default gen_random_uuid(),
  email text not null check (char_length(email) between 3 and 254 and email like '%_@_%'),
  name text not null check (char_length(name) between 1 and 200),
  password_hash text not null check (password_hash like '$argon2id$%'),
  created_at timestamptz not null default now()
);
create unique index people_email on people (lower(email));

create table memberships (
  organization_id uuid not null references organizations on delete cascade,
  person_id uuid not null references people on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (organization_id, person_id)
);
create index memberships_person on memberships (person_id);

-- Only the hash of a token is kept: who reads this table cannot sign in with it.
create table sessions (
  token_sha256 bytea primary key check (octet_length(token_sha256) = 32),
  person_id uuid not null references people on delete cascade,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  revoked_at timestamptz
);
create index sessions_person on sessions (person_id);
create index sessions_expiry on sessions (expires_at);

-- `id` alone is unique too: a request names the token before anyone knows its environment.
create table access_tokens (
  environment_id text not null references environments on delete restrict,
  id uuid not null unique default gen_random_uuid(),
  name text not null check (char_length(name) between 1 and 200),
  secret_sha256 bytea not null check (octet_length(secret_sha256) = 32),
  scopes text[] not null check (cardinality(scopes) > 0 and array_position(scopes, null) is null),
  created_by uuid references people on delete set null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (environment_id, id)
);

-- `env_key` alone is unique too: a beacon names nothing else.
create table env_keys (
  environment_id text not null references environments on delete restrict,
  env_key text not null unique check (env_key ~ '^[a-z0-9]{1,64}$'),
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (environment_id, env_key)
);

-- Belongs to the organisation: some actions (a new member) concern no single environment. References are kept loose on
-- purpose, so that entries outlive people and tokens.
create table audit_log (
  organization_id uuid not null references organizations on delete restrict,
  id bigint not null generated always as identity,
  environment_id text,
  person_id uuid,
  access_token_id uuid,
  action text not null check (action ~ '^[a-z_]+(\.[a-z_]+)+$'),
  target text not null,
  detail jsonb not null default '{}' check (jsonb_typeof(detail) = 'object'),
  at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, environment_id) references environments (organization_id, id) on delete restrict,
  check (num_nonnulls(person_id, access_token_id) <= 1) -- none: the system itself
);
create index audit_log_environment on audit_log (environment_id, at) where environment_id is not null;

-- Identifiers are never reused, so the rows that hold them never go, and never take another name.
create function refuse_delete() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never deleted: their identifiers must not be given out again', tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger environments_stay before delete on environments for each row execute function refuse_delete();
create trigger env_keys_stay before delete on env_keys for each row execute function refuse_delete();
create trigger environments_stay_all before truncate on environments for each statement execute function refuse_delete();
create trigger env_keys_stay_all before truncate on env_keys for each statement execute function refuse_delete();

create function refuse_renaming() returns trigger language plpgsql as $$
begin
  raise exception 'identifiers of % never change: the old one could be given out again', tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger environments_keep_names before update of id, number on environments
  for each row when (old.id is distinct from new.id or old.number is distinct from new.number)
  execute function refuse_renaming();
create trigger env_keys_keep_names before update of env_key, environment_id on env_keys
  for each row when (old.env_key is distinct from new.env_key or old.environment_id is distinct from new.environment_id)
  execute function refuse_renaming();

-- The collector's edge learns of new, revoked and re-allowed keys at once; the payload is the key, or empty for "read all".
create function notify_env_keys() returns trigger language plpgsql as $$
begin
  perform pg_notify('env_keys_changed', case when tg_table_name = 'env_keys' then to_jsonb(new) ->> 'env_key' else '' end);
  return null;
end $$;
create trigger env_keys_notify after insert or update on env_keys for each row execute function notify_env_keys();
create trigger environments_notify after update of deleted_at on environments
  for each row when (old.deleted_at is distinct from new.deleted_at) execute function notify_env_keys();

create view collector_env_keys as
  select k.env_key, e.number as environment_number, k.environment_id, e.retention_days, k.revoked_at is null and e.deleted_at is null as active
  from env_keys k join environments e on e.id = k.environment_id;
