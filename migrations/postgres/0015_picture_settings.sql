-- What: the transcoder reads which images are burnt into an asset's pictures, and whether it is a test.
-- Lock or cost: a view; none.
-- Previous release: runs beside it; its transcoders burn nothing in.
--   Tests that were made by it stay as they were: not marked, shown as a whole, not deleted. What is cut is told by plans, not by `is_test`.

-- `inputs` as the wire has them; their places tell which one a message is about.
create view transcoder_picture_settings as
  select a.environment_id, a.id as asset_id, coalesce(a.settings -> 'inputs', '[]') as inputs, a.is_test
  from assets a;
