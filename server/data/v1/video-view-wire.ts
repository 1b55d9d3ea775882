import { z } from "zod";
import { timelineToWire } from "../../../domain/data-api/timeline-wire.ts";
import type { FieldKind } from "../../../domain/data-api/view-field.ts";
import { VIEW_FIELDS, viewToWire } from "../../../domain/data-api/view-fields.ts";
import type { ViewListRow } from "../../../domain/metrics/ask/ask-views.ts";
import { eventsLeftOut } from "../../../domain/metrics/ask/events-left-out.ts";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import type { FoundView } from "../find-view.ts";
import { orNull } from "./answers.ts";

const OPEN = z.boolean().describe("Ours: it is going on, and its numbers are of what has come so far");

/** A row of the list (reference data-api.md §2.2). */
export const ListedViewWire = z.object({
  id: z.string(),
  view_start: z.iso.datetime(),
  view_end: z.iso.datetime(),
  video_title: z.string().nullable(),
  viewer_os_family: z.string().nullable(),
  viewer_application_name: z.string().nullable(),
  country_code: z.string().nullable().describe("ISO 3166-1 alpha-2"),
  watch_time: z.number().nullable().describe("Milliseconds"),
  viewer_experience_score: z.number().nullable().describe("0..1"),
  playback_failure: z.boolean(),
  error_type_id: z.number().nullable().describe("id of the error, as in the list of errors"),
  player_error_code: z.string().nullable(),
  player_error_message: z.string().nullable(),
  total_row_count: z.number().describe("Of the whole list, in every row"),
  viewer_id: z.string().nullable().describe("Ours: viewer_user_id, else mux_viewer_id"),
  open: z
    .boolean()
    .describe("Ours: it is going on. Where it was complete before, the single view and open=true have newer numbers"),
});

export type ListedView = z.input<typeof ListedViewWire>;

/** A view of the list that is complete, or was before it went on. */
export function listedToWire(row: ViewListRow, totalRowCount: number, open: boolean): ListedView {
  return {
    id: row.view_id,
    view_start: new Date(row.view_start_ms).toISOString(),
    view_end: new Date(row.view_end_ms).toISOString(),
    video_title: orNull(row.video_title),
    viewer_os_family: orNull(row.operating_system),
    viewer_application_name: orNull(row.browser),
    country_code: orNull(row.country),
    watch_time: row.watch_ms,
    viewer_experience_score: row.viewer_experience_score,
    playback_failure: row.playback_failure === 1,
    error_type_id: row.error_type_id,
    player_error_code: orNull(row.error_code),
    player_error_message: orNull(row.error_message),
    total_row_count: totalRowCount,
    viewer_id: orNull(row.viewer_id),
    open,
  };
}

/** The same of a view's record. */
export function recordToListed(
  { viewId, record, open }: { viewId: string; record: ViewRecord; open: boolean },
  totalRowCount: number,
): ListedView {
  return {
    id: viewId,
    view_start: new Date(record.viewStartMs).toISOString(),
    view_end: new Date(record.viewEndMs).toISOString(),
    video_title: orNull(record.videoTitle),
    viewer_os_family: orNull(record.operatingSystem),
    viewer_application_name: orNull(record.browser),
    country_code: orNull(record.country),
    watch_time: record.watchMs,
    viewer_experience_score: record.viewerExperienceScore,
    playback_failure: record.playbackFailure,
    error_type_id: record.errorTypeId,
    player_error_code: orNull(record.errorCode),
    player_error_message: orNull(record.errorMessage),
    total_row_count: totalRowCount,
    viewer_id: orNull(record.viewerId),
    open,
  };
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

const KINDS: { readonly [K in FieldKind]: z.ZodType } = {
  text: z.string(),
  "text?": z.string().nullable(),
  number: z.number(),
  "number?": z.number().nullable(),
  flag: z.boolean(),
  "flag?": z.boolean().nullable(),
  "decimal?": z.string().regex(DECIMAL).nullable(),
  time: z.iso.datetime(),
  list: z.array(z.string()),
};

const EventWireSchema = z.object({
  name: z.string(),
  viewer_time: z.number().describe("The client's clock, Unix milliseconds"),
  playback_time: z.number().describe("Playhead, milliseconds"),
  event_time: z.number().describe("Arrival, Unix milliseconds"),
  details: z.record(z.string(), z.unknown()),
  late: z.literal(true).optional().describe("Ours: it came after the view was final, and counts nowhere in it"),
});

const LeftOutWire = z
  .object({
    events: z.number().describe("Events of any kind"),
    requests: z.number().describe("Of these, requests"),
    cut_details: z.number().describe("Events that are there, without their long fields"),
  })
  .describe("Ours: what of the timeline does not fit; 0 throughout where all is there. Heartbeats are not shown");

/** The record (reference data-api.md §6). Times and durations are milliseconds, bit rates bit/s, ratios and scores 0..1. */
export const ViewRecordWire = z.object({
  ...Object.fromEntries(VIEW_FIELDS.map(({ name, kind }) => [name, KINDS[kind]])),
  events: z.array(EventWireSchema),
  events_left_out: LeftOutWire,
  open: OPEN,
});

export function foundToWire(
  view: FoundView,
  environment: { id: string; number: number },
): z.input<typeof ViewRecordWire> {
  const { events, requests, cutDetails } = eventsLeftOut(view.events);
  return {
    ...viewToWire({ ...view, environment }),
    events: timelineToWire(view.events),
    events_left_out: { events, requests, cut_details: cutDetails },
    open: view.open,
  };
}
