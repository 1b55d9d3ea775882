-- What: answers to writes that named an Idempotency-Key, kept for a day.
-- Lock or cost: creates only; nothing to wait for.
-- Previous release: runs beside it; it does not know the header, so what is sent twice to it happens twice.

-- Written in the transaction of the write itself: the row is there exactly when the write is. A second request with the key
-- waits at the primary key until the first one's transaction ends.
create table idempotency_keys (
  environment_id text not null references environments on delete restrict,
  key text not null check (char_length(key) between 1 and 255),
  -- of method, path and body
  request_sha256 bytea not null check (octet_length(request_sha256) = 32),
  -- null only inside the transaction that makes it; json, not jsonb, keeps the text as it was
  body json,
  created_at timestamptz not null,
  primary key (environment_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
