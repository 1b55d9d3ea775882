import { BOUNDS } from "../../domain/view/believed.ts";
import { COLUMN_TYPES, RECORD_COLUMNS } from "../../domain/view/record-columns.ts";
import { RECORD_ORIGINS } from "../../domain/view/record-origins.ts";
import type { ViewRecord } from "../../domain/view/view-record.ts";
import { withContents } from "./with-contents.ts";

const HEAD = `# The record of a view

<!-- Made by \`node scripts/docs-view-record.ts\` from domain/view. Change it there. -->

All that is known of a view: a row of table \`views\`, and what the API's record is made of. \`domain/view/record\` works it out
from the view's events; [metrics.md](metrics.md) says what becomes of it.

## When it is written

A view is complete when it said \`viewend\` or was silent for 60 s, measured in log time. Then its row is written; again when
something changed after that; and once more when it becomes final after 60 minutes without an event and without a \`viewend\`,
because only then is it known to be dropped. A view that said \`viewend\` is final after 5 minutes more: its last batch is sent
twice, and earlier ones may still be on their way. Repeats of events do not keep a view open: a row is written for the last time
within the hour after its \`last_seen\`. Later events are stored and change nothing. Nothing is written again where
nothing changed, and the newest version of a row counts.

A view is counted once somebody wanted to play it or a fatal error came. Others have a row too, with \`counted\` 0.

## How it is worked out

- **Fields** are the newest the client told, by sequence number, in whatever order events arrive and however often. Fields whose
  name begins with \`request_\` or \`player_error_\` count only in events of their own kind, since snapshots repeat them. A first
  value (\`…_initial\`) is the first that tells anything: an empty text and 0 do not.
- **Times** are differences of the client's clock, whole milliseconds. The server's clock is put upon them by one offset per view:
  the least of arrival minus sending. A time that lies after its sending, or more than a day before it, cannot be: the time
  of sending stands for it and \`clamped_time_count\` tells how often. So a view cannot have lasted longer than its events
  kept coming, and a day: where a clock leaps further, what lies earlier counts from the earliest moment that can be. Where a
  clock is set back, events stay in order of sequence; a span begins no earlier than the last of its kind ended, and neither a
  span nor a wait between two events is shorter than 0.
- **Spans.** *Watching* runs from \`viewstart\`, \`play\`, \`playing\`, an ad break or an ad to \`pause\`, \`ended\`, a fatal error,
  sleep or \`viewend\`. A pause that makes room for an ad which has no frame yet does not stop it. A seek in a pause is watched
  while it lasts. A *stall* lies after the first frame and in no seek, ad break or pause. A *seek* counts once play was wanted:
  some players seek for themselves before. *Start-up* is watching up to the first frame. What is left of watching without
  start-up, stalls, seeks and waiting for ads or for the content after them is *playing*.
- **Ads** are counted from their events. \`adplay\` begins an ad, or goes on with one that was paused; \`adplaying\` shows it, and
  begins it where no \`adplay\` came, as with the second ad of a break. \`adended\`, \`adskipped\`, \`aderror\` and the end of
  the break end it. A break ends with \`adbreakend\`, or with content that plays while no ad is on the screen; where no
  \`adbreakstart\` came it lasts as long as its ad. An \`aderror\` while no ad is under way is an attempt that failed. Where one
  stream carries content and ads, the content's first frame is at the end of the break.
- **Requests** are the view's own. The client's counters run on over all views of a player, so they stand only in a player's
  first view, and only where no event tells. More than 1 TiB or a day in one request is taken for not told.
- **Errors** are fatal, and business exceptions, by the category that the environment had for their code when they came
  ([data-api.md](data-api.md#errors)), else by what the player says: fatal unless their severity is \`warning\`. An error after which
  something played ended nothing.
- **Scores** follow the formulas of [metrics.md](metrics.md); \`domain/view/explain-scores.ts\` takes them apart for people. A view
  that does not count has none; without a first frame there is only success, and the experience is that.

## What is not believed

A number beyond what can be was claimed and never measured. One of them would spoil an average over millions of views, and two
that overflow leave none. So it counts as not told, like one below 0, and \`attributes\` still has it as it came. A mean scale
beyond the largest one leaves no mean, and no total.

BOUNDS

## Parts

*Column* is that of table \`views\`; \`… + key\` has a column \`{name}_key\` beside it, to group and filter by. *API* is the name in
the record or an export of the Data API, where it has one. "Field of that name" means the beacon field named like the API's, or
like the column. Durations and times are milliseconds, ratios and scores 0..1, bitrates bit/s. \`""\` stands for "has no
value" in texts. Columns of other use: \`environment_id\`, \`first_seen\` (arrival of the first record, part of the key, never
changes), \`view_id\`, \`version\` (log position up to which the row is folded), \`expires_on\`.`;

/** docs/view-record.md: every part of a record with its column, its API name, its type and its source. */
export function viewRecordPage(): string {
  const parts = Object.keys(RECORD_COLUMNS) as (keyof ViewRecord)[];
  const table = ["| column | API | type | from |", "|---|---|---|---|", ...parts.map(partRow)];
  const head = HEAD.replace("BOUNDS", boundsTable());
  return withContents(`${head}\n\n${table.join("\n")}\n`);
}

function boundsTable(): string {
  const rows = BOUNDS.map(({ fields, most, why }) => {
    return `| ${fields.map((name) => `\`${name}\``).join(", ")} | ${most.toLocaleString("en-US")} | ${why} |`;
  });
  return ["| fields | believed up to | why |", "|---|---|---|", ...rows].join("\n");
}

function partRow(part: keyof ViewRecord): string {
  const { name, kind } = RECORD_COLUMNS[part];
  const { api, told } = RECORD_ORIGINS[part];
  const type = `\`${COLUMN_TYPES[kind]}\`${kind === "keyed" ? " + key" : ""}`;
  return `| \`${name}\` | ${api === null ? "" : `\`${api}\``} | ${type} | ${told} |`;
}
