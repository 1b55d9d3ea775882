-- What: rules for who may play under a signed token, and what delivery may know of keys, rules and environments.
-- Lock or cost: creates only; nothing to wait for.
-- Previous release: runs beside it, since it knows none of this.

-- Deleted ones stay, as tokens go on naming them: such a token plays nothing.
create table playback_restrictions (
  environment_id text not null references environments on delete restrict,
  id text not null unique check (id ~ '^[A-Za-z0-9]{32,50}$'),
  -- [] denies all, ["*"] allows all, else hosts, where a leading "*." stands for exactly one label
  allowed_domains text[] not null check (cardinality(allowed_domains) <= 100),
  allow_no_referrer boolean not null,
  allow_no_user_agent boolean not null,
  allow_high_risk_user_agent boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (environment_id, id)
);
create index playback_restrictions_newest on playback_restrictions (environment_id, created_at desc, id desc)
  where deleted_at is null;

create view delivery_playback_restrictions as
  select environment_id, id, allowed_domains, allow_no_referrer, allow_no_user_agent, allow_high_risk_user_agent,
    deleted_at is null as active
  from playback_restrictions;

create view delivery_signing_keys as
  select environment_id, id, public_key, deleted_at is null as active
  from signing_keys;

-- The analytics store knows environments by their numbers.
create view delivery_environments as
  select id as environment_id, number
  from environments;
