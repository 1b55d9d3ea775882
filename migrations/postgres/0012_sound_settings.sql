-- What: the transcoder reads whether an asset's sound is to be made equally loud.
-- Lock or cost: a view; none.
-- Previous release: runs beside it, since it knows none of this.

create view transcoder_sound_settings as
  select a.environment_id, a.id as asset_id, coalesce((a.settings ->> 'normalize_audio')::boolean, false) as normalize_audio
  from assets a;
