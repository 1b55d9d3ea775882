-- What: the collector's edge reads the categories of error codes, and hears of changes.
-- Lock or cost: a trigger on error_categories; waits for writes in flight, milliseconds.
-- Previous release: runs beside it, since it knows none of this.

create view collector_error_categories as
  select e.number as environment_number, c.code, c.severity, c.type
  from error_categories c join environments e on e.id = c.environment_id
  where e.deleted_at is null;

-- The payload is empty: read all. By row: a statement that changes none tells nobody, and of many rows one notification is sent.
create function notify_error_categories() returns trigger language plpgsql as $$
begin
  perform pg_notify('error_categories_changed', '');
  return null;
end $$;
create trigger error_categories_notify after insert or update or delete on error_categories
  for each row execute function notify_error_categories();
