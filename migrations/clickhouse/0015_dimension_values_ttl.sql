-- Names go with the rows that needed them. Those from before 0012 have no date: they stay for the longest retention there
-- is, ten years.
-- Cost: one rewrite of a small table, behind the answer. The previous release runs beside it.
ALTER TABLE dimension_values {cluster} MODIFY TTL if(expires_on = toDate(0), toDate('2037-01-01'), expires_on)
