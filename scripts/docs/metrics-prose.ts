/** What docs/metrics.md says beside the tables, by place. */
export const METRICS_PROSE = {
  head: `# Metrics

<!-- Made by \`node scripts/docs-metrics.ts\` from domain/metrics. Change it there. -->

What each number means, and how it comes from the rows of table \`views\`. API, dashboard and exports read the same
definitions ([domain/metrics](../domain/metrics)).

## Which views count

- **Counted views.** Somebody wanted to play, or a fatal error came (\`counted = 1\`). A view that was only loaded is kept with its
  events and is in no number.
- **People.** Views of crawlers are kept and marked (\`bot = 1\`); they count only where a question includes them.
- **Finished.** A view's row is written when it is complete: it said its end, or was silent for 60 s. Later events write it again;
  the newest row counts, once. So the newest minutes lack the views that are still on, and the last hour may still change.
- **Time.** Engagement goes by \`view_start\`, everything else by \`view_end\`: the time of the newest event. Both are server time. A
  range holds its beginning and not its end. So the same view may lie in different ranges for different metrics, and all of a long
  view lies at its end: what went wrong at 8 in views that ended at 10 shows at 10. The live picture
  ([Monitoring](#monitoring)) shows it at 8.
- **With a value.** A view without a value for a metric does not count in it, neither in the number nor in \`total_views\`,
  \`total_watch_time\` and \`total_playing_time\` beside it. Shares are of all counted views: each is 0 or 1, never unknown.

Views may arrive a day after they happened and may last for days. No question assumes otherwise: it asks for the time itself,
which has an index, and never for the time of arrival.

## From views to a number

| measurement | is |
|---|---|
| \`count\` | views that hold a value; 0 where there is none |
| \`sum\` | their values added up; 0 where there is none |
| \`avg\` | the mean of their values, or a quotient of sums where the metric says so; unknown where there is none |
| \`median\`, \`95th\` | quantiles at 0.5 and 0.95; unknown where there is none |

**Quantile.** Exact, over the values of the views: sorted as v₀ ≤ … ≤ vₙ₋₁, with rank h = level × (n − 1), it is
v⌊h⌋ + (h − ⌊h⌋) × (v⌊h⌋₊₁ − v⌊h⌋). That is PERCENTILE.INC of spreadsheets and NumPy's default. The reference only says
"percentile"; the interpolation is our choice. In ClickHouse: \`quantileExactInclusive\`.

**Weighted.** Where only a share of viewers is tracked, views carry \`sample_rate\`. Asked with weights, each view counts
1 ÷ \`sample_rate\` times, in counts, sums, averages and in the sizes beside a number. In quantiles each value stands there
1 ÷ \`sample_rate\` times, rounded to a whole number, and values are rounded to 14 binary digits: whole numbers to 16,384 stay as they
are, others move by at most 0.006 %. The rest is as above (\`quantileExactWeightedInterpolated\`). The rate is taken to six digits and as
one millionth at least.

**Negative impact** of a group, such as the views of one country: (value of the group − value of all) × views of the group ÷ all
views; the sign is turned where higher is better. For sums the value is taken per view. The formula is our choice. Breakdowns
tell the place by it (1 is the worst), insights the number itself: what is above 0, worst first, or what is below, best first.
Insights leave out what became of a view (failures, exits, errors, drops), since a metric's own flag would always be the first, and
who watched (\`viewer_user_id\`, \`view_session_id\`): one person is no cause.
Metrics of which neither direction is better have no insights: their groups stand in the order of their values.

**Time series.** Buckets of minutes, ten minutes, hours or days; hours and days begin where they do in the time zone asked (UTC
unless said), which goes by its full name, such as \`Europe/Berlin\`. Buckets without views are there, with null and
0 views. A series has 25,000 at most.

**Filters.** Values of one dimension that keep are alternatives, everything else has to hold at once. The empty value stands for
"has no value". Of a list either an element is asked for, or the whole list in order. Metric filters keep views by their own
value; views without one are left out.

**Order.** Values that are numbers stand in the order of the numbers, all others in that of their texts; no value comes before both.

## From a number down to its events

Every number is a statement over table \`views\` ([schema.md](schema.md)), and every row of that table a function of the view's events.
Say that yesterday's rebuffer percentage is three times the day before's. All that follows needs no page: it is SQL.
\`POST /data/v1/sql\` takes it with an access token ([data-api.md](data-api.md), without \`FINAL\` and the environment, which hold there anyway); on the
machine itself [schema.md](schema.md#ask-the-store-yourself) tells where to send it.

1. **The number itself.** Below each metric says in SQL what it is of one view, and how the average is made.

   \`\`\`sql
   SELECT sum(rebuffer_ms) / sum(watch_ms) AS value, count() AS total_views
   FROM views FINAL
   WHERE environment_id = 1 AND counted = 1 AND bot = 0 AND watch_ms > 0
     AND view_end >= '2026-05-05 00:00:00' AND view_end < '2026-05-06 00:00:00'
   \`\`\`

2. **Where it comes from.** Group by a dimension's column ([Dimensions](#dimensions)) and compare the groups; negative impact (above) ranks
   them.

3. **Which views.** Worst first:

   \`\`\`sql
   SELECT view_id, cdn, player_software, rebuffer_count, rebuffer_ms, longest_rebuffer_ms, watch_ms, clamped_time_count
   FROM views FINAL
   WHERE environment_id = 1 AND counted = 1 AND bot = 0 AND watch_ms > 0
     AND view_end >= '2026-05-05 00:00:00' AND view_end < '2026-05-06 00:00:00'
   ORDER BY rebuffer_ms DESC LIMIT 25
   \`\`\`

   A few views with long stalls, or many with short ones? With \`clamped_time_count\` above 0 the client told impossible times, and the
   time of sending stands for them.

4. **What happened in one.** [view-record.md](view-record.md) says of each column which events it is made of.

   \`\`\`sql
   SELECT sequence, name, viewer_time, server_time, playhead_ms, late
   FROM events FINAL
   WHERE environment_id = 1 AND view_id = 'the view'
   ORDER BY viewer_time, sequence
   \`\`\`

   \`viewer_time\` is the client's own clock, as sent; \`view_start\` and \`view_end\` of the view's row are on the server's. Differences
   are right either way; [schema.md](schema.md#events) has the statement that puts events on the server's clock, and every column.

   A stall is the time from \`rebufferstart\`, which the player dates back to when the picture stopped, to whatever comes first of
   \`rebufferend\`, a seek, a pause, an ad, a fatal error, sleep and the end. Events with \`late\` came after the view was final and
   count in nothing.

**Reading stalls.** They are counted from events; the player's own sums are kept in \`attributes\`, and not used.

- Waiting before the first frame is start-up, after a seek it is seek latency, in an ad break it is neither. None of it is a stall.
- What a stall is, the player decides. On the web: the playhead stood for 1 s, or lagged more than 250 ms behind the clock between
  two looks. Other players have rules of their own, so compare within one \`player_mux_plugin_name\`.
- The average of rebuffer percentage and frequency is a quotient of sums: an hour of watching weighs as much as 60 views of a minute.
  What the typical view met tell count, duration and smoothness score, where each view weighs the same.
- Where fewer than half of the views stall, the median of count and duration is 0. Take \`95th\`, or keep views with
  \`rebuffer_count>=1\`.
- A view is ended by its player after 5 minutes of stalls in all: what would have been worse is not told.`,

  checking: `## How numbers are checked

Every metric is worked out twice, by code that shares nothing but the reading of the wire. The fast way is what the product runs:
events folded as they come, rows, SQL. The slow way ([domain/truth](../domain/truth)) takes all events of a view, sorts them and
walks them once, in the plainest words; it finds averages and quantiles by adding up and sorting.

\`npm test\` lets some 2,000 made-up sessions live, with stalls, seeks, pauses, ads, refusals, sampled and nameless viewers, crawlers,
and clocks that are days off. Their requests are delayed, reordered, repeated, lost, late by minutes or hours, and full of
nonsense. They go through fold, rows and the real database (\`collector/truth.int.test.ts\`). Then every value of every view, and
the answer to every metric in every measurement, must be the same on both sides: whole numbers exactly, fractions to nine
digits, quantiles too, weighted ones to 0.006 %. The events read back from table \`events\` give the same values once more, so a
number can always be followed to what was sent. \`server/data/v1/questions.int.test.ts\` asks 500 random questions over HTTP: metric,
measurement, filters, groups, buckets of a zone and range by chance; each answer is the reference's on the same events.

A comparison that cannot fail proves nothing. So \`collector/truth-plants.int.test.ts\` plants mistakes into the fast way, such as
warnings taken for failures, pauses watched, repeats counted twice, a quantile one rank off, and each has to be found out.

A failed run prints its seed; \`TRUTH_SEED\` plays the same sessions again.`,

  scores: `## Scores, step by step

Scores are worked out for each view, stored in its row with their parts, and averaged as they are: a view without a score does
not count. They are 0..1 here and in the API, 0..100 on pages.`,

  steps: `Any view's scores can be taken apart like this (\`explainScores\` in domain/view); here the view of the examples with 2 s to the
first picture, one stall of 5 s in 5 min, and a picture stretched by 50 %:`,

  dimensions: `## Dimensions

All values are text on the wire; booleans are \`true\` and \`false\`, a missing value is null. Lists are written \`[fastly,akamai]\`, in
order, repeats kept. \`viewer_user_id\` is the generated id where the integration names nobody.`,

  subviews: `## Parts of views

Playing time splits into parts: time in one rendition, and time in one playback mode. They go by \`view_start\`, as
\`playing_time\` does. Parts by playback mode add up to \`playing_time\`, with the time before a mode was told, and all time of
players that tell none, under no value. Parts by rendition are of content only: with the playing time of ads, whose
renditions no player tells, they add up to it; what was played of unknown renditions is under no value.

Views have some of these attributes too: there it is the newest value, here each part's own. A filter by one of them keeps or drops
parts, every other filter whole views.

In a series of parts a bucket is complete 25 hours after its end, and partial before: players hold events back for a day at most, and
a view is final after 60 minutes of silence. Whoever watches for more than a day comes into complete buckets later still.`,

  monitoring: `## Monitoring

The live picture has metrics of its own, of views that are being watched now, in intervals of 5 s
([realtime.md](realtime.md)).`,
} as const;
