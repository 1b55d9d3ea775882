-- What: the collector also reads what an asset's owner calls it and its maker, for views whose player does not tell.
-- Lock or cost: replaces a view; waits for questions in flight, milliseconds.
-- Previous release: runs beside it, since columns were only added.

create or replace view collector_playback_ids as
  select p.id as playback_id, e.number as environment_number, p.environment_id, e.retention_days,
    p.asset_id, a.meta ->> 'title' as title, e.deleted_at is null as active,
    a.meta ->> 'external_id' as external_id, a.meta ->> 'creator_id' as creator_id
  from playback_ids p
  join assets a on a.environment_id = p.environment_id and a.id = p.asset_id
  join environments e on e.id = p.environment_id;
