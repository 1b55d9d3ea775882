-- What: endpoints that events are sent to, what is to be sent to each, and what each attempt came to.
-- Lock or cost: adds an index to webhook_events, which keeps writers of events waiting while it reads the table (about a second for
-- a million events), and a trigger to it; creates the rest.
-- Previous release: runs beside it; events that it writes are sent too, since the trigger notes what is to be sent.

-- Deleted ones stay: what was sent to them names them.
create table webhooks (
  environment_id text not null references environments on delete restrict,
  id text not null unique check (id ~ '^[A-Za-z0-9]{32,50}$'),
  -- attempts name an endpoint by it in what is sent
  number bigint not null unique generated always as identity,
  address text not null check (length(address) <= 2048),
  enabled boolean not null default true,
  -- in clear, since everything that is sent is signed with it; told once
  signing_secret text not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  primary key (environment_id, id)
);
create unique index webhooks_address on webhooks (environment_id, address) where deleted_at is null;
create index webhooks_newest on webhooks (environment_id, created_at desc, id desc) where deleted_at is null;

-- One event for one endpoint. Its times are the database's, since several servers compare with them.
create table webhook_deliveries (
  environment_id text not null,
  event_id uuid not null,
  webhook_id text not null,
  -- failed: not taken within three days; cancelled: its endpoint was deleted before
  status text not null default 'waiting' check (status in ('waiting', 'delivered', 'failed', 'cancelled')),
  -- 1, and one more each time it is sent again because somebody asked for it
  run integer not null default 1,
  -- of this run, and when that began
  attempts integer not null default 0,
  started_at timestamptz not null default now(),
  -- while an attempt is under way: when it belongs to nobody any more
  next_attempt_at timestamptz not null default now(),
  primary key (environment_id, event_id, webhook_id),
  foreign key (environment_id, event_id) references webhook_events on delete cascade,
  foreign key (environment_id, webhook_id) references webhooks on delete restrict
);
create index webhook_deliveries_due on webhook_deliveries (environment_id, webhook_id, next_attempt_at) where status = 'waiting';
create index webhook_deliveries_failed on webhook_deliveries (environment_id, event_id) where status = 'failed';

-- Without a status code nothing was answered, and `error` says why. Header and body are cut to some kB.
create table webhook_attempts (
  environment_id text not null,
  event_id uuid not null,
  webhook_id text not null,
  id uuid not null default gen_random_uuid(),
  address text not null,
  created_at timestamptz not null,
  took_ms integer not null check (took_ms >= 0),
  response_status_code integer,
  response_headers jsonb not null default '{}' check (jsonb_typeof(response_headers) = 'object'),
  response_body text,
  error text,
  primary key (environment_id, event_id, webhook_id, id),
  foreign key (environment_id, event_id, webhook_id) references webhook_deliveries on delete cascade
);

create index webhook_events_type on webhook_events (environment_id, type, number);
create index webhook_events_age on webhook_events (created_at);

-- What an event is to be sent to is decided in the transaction that writes it: none is missed, whatever the order of commits. Servers
-- learn of it when that commits; the payload names the event.
create function send_webhook_event() returns trigger language plpgsql as $$
begin
  insert into webhook_deliveries (environment_id, event_id, webhook_id)
    select w.environment_id, new.id, w.id from webhooks w
    where w.environment_id = new.environment_id and w.enabled and w.deleted_at is null;
  perform pg_notify('webhook_events', new.environment_id || ' ' || new.id);
  return null;
end $$;
create trigger webhook_events_send after insert on webhook_events for each row execute function send_webhook_event();
