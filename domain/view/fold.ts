import type { BeaconEvent, FieldValue } from "../wire/decode-events.ts";
import { addSequence } from "./sequence-set.ts";
import {
  type ErrorEntry,
  type RequestContext,
  TRANSITIONS,
  type Transition,
  type TransitionKind,
  type ViewState,
} from "./view-state.ts";

/** How an event reached us. */
export interface Arrival {
  /** Log time, Unix milliseconds. */
  atMs: number;
  /** Client clock when the request was sent; null when the SDK does not tell (Roku). */
  transmittedAtMs: number | null;
  context: RequestContext;
}

/** Sound SDKs stay far below; a view beyond it keeps its events but no longer its details. */
const MAX_TRANSITIONS = 20_000;
/** With all texts as long as may be, a view still fits into one record of a checkpoint. */
const MAX_ERRORS = 100;
const MAX_FIELDS = 512;
/** A client holds events back at most this long (retries while offline); older times are clock faults. */
const MAX_EVENT_AGE_MS = 24 * 3_600_000;
/** `viewer_time` may lie this much after sending: the two are read at different moments. */
const SENDING_SLACK_MS = 1_000;
/** Longer than buckets stay open plus the longest silence of someone who counts as watching. */
const ACTIVITY_SPAN_MS = 120_000;

const TRANSITION_KINDS: ReadonlySet<string> = new Set(TRANSITIONS);

/** Envelope of a single event: says nothing about the view. */
const ENVELOPE_FIELDS: ReadonlySet<string> = new Set(["event", "view_id", "view_sequence_number"]);

/**
 * Folds one event into its view, in place. False when the view had it already; then it only tells that the client is
 * still there. Any order and repetition of a view's events gives the same state: a field belongs to its highest sequence
 * number, changes of state are kept sorted, sums are taken once per event.
 */
export function foldEvent(view: ViewState, event: BeaconEvent, arrival: Arrival): boolean {
  const viewerTimeMs = viewerTimeOf(event, arrival);
  view.lastSeenMs = Math.max(view.lastSeenMs, arrival.atMs); // a repeat says nothing new, but that somebody is there
  foldClock(view, arrival, viewerTimeMs);
  if (!addSequence(view.sequences, event.sequence)) return false;

  foldContext(view, event.sequence, arrival.context);
  if (viewerTimeMs !== event.fields["viewer_time"]) view.clampedTimes += 1;
  foldActivity(view, viewerTimeMs);
  foldFields(view, event);
  if (event.name.startsWith("request")) foldRequest(view, event);
  if (event.name === "error") foldError(view, event, viewerTimeMs);
  if (TRANSITION_KINDS.has(event.name)) foldTransition(view, event, viewerTimeMs);
  return true;
}

function foldContext(view: ViewState, sequence: number, context: RequestContext): void {
  if (sequence >= view.contextSequence) return;
  view.context = context;
  view.contextSequence = sequence;
}

/** The event's client time; the time of sending, else of arrival, when it is missing or cannot be. */
function viewerTimeOf(event: BeaconEvent, { atMs, transmittedAtMs: sentAtMs }: Arrival): number {
  const claimed = event.fields["viewer_time"];
  const newestMs = sentAtMs ?? atMs;
  if (typeof claimed !== "number" || !Number.isFinite(claimed)) return newestMs;
  const slackMs = sentAtMs === null ? MAX_EVENT_AGE_MS : SENDING_SLACK_MS; // arrival is on another clock
  const possible = claimed <= newestMs + slackMs && claimed >= newestMs - MAX_EVENT_AGE_MS;
  return possible ? claimed : newestMs;
}

/** Network delay only ever adds to (arrival − sending), so the least difference is nearest to the true offset. */
function foldClock(view: ViewState, arrival: Arrival, viewerTimeMs: number): void {
  const offsetMs = arrival.atMs - (arrival.transmittedAtMs ?? viewerTimeMs);
  if (view.clockOffsetMs === null || offsetMs < view.clockOffsetMs) view.clockOffsetMs = offsetMs;
}

function foldActivity(view: ViewState, viewerTimeMs: number): void {
  const times = view.activityMs;
  const second = Math.floor(viewerTimeMs / 1_000) * 1_000;
  let at = times.length;
  while (at > 0 && (times[at - 1] as number) > second) at -= 1;
  if (times[at - 1] !== second) times.splice(at, 0, second);
  const newest = times[times.length - 1] as number;
  while ((times[0] as number) < newest - ACTIVITY_SPAN_MS) times.shift();
}

/**
 * Snapshots repeat `request_*` of the last request and native SDKs repeat errors: both are taken from events of their
 * own kind only (data-wire.md §4), so here they are left out.
 */
function foldFields(view: ViewState, event: BeaconEvent): void {
  const { fields } = event;
  for (const name in fields) {
    if (ENVELOPE_FIELDS.has(name) || name.startsWith("request_") || name.startsWith("player_error_")) continue;
    const known = view.fields.get(name);
    if (known !== undefined && known[0] > event.sequence) continue;
    view.fields.set(name, [event.sequence, fields[name] as FieldValue]);
  }
  if (view.fields.size > MAX_FIELDS) dropFields(view.fields);
}

/** Keeps the first names of the alphabet when there are too many, whatever the order of arrival. */
function dropFields(fields: ViewState["fields"]): void {
  for (const name of [...fields.keys()].sort().slice(MAX_FIELDS)) fields.delete(name);
}

function foldRequest(view: ViewState, event: BeaconEvent): void {
  const { requests } = view;
  if (event.name === "requestfailed") requests.failed += 1;
  else if (event.name === "requestcanceled") requests.canceled += 1;
  else if (event.name === "requestcompleted") {
    requests.completed += 1;
    requests.bytes += wholeNumber(event.fields["request_bytes_loaded"]) ?? 0;
    const start = wholeNumber(event.fields["request_start"]);
    const firstByte = wholeNumber(event.fields["request_response_start"]);
    if (start === null || firstByte === null || firstByte < start) return;
    requests.latencyCount += 1;
    requests.latencySumMs += firstByte - start;
    requests.latencyMaxMs = Math.max(requests.latencyMaxMs, firstByte - start);
  }
}

function wholeNumber(value: FieldValue | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.round(value) : null;
}

function foldError(view: ViewState, event: BeaconEvent, viewerTimeMs: number): void {
  const { fields } = event;
  const entry: ErrorEntry = {
    sequence: event.sequence,
    viewerTimeMs,
    code: fields["player_error_code"] ?? null,
    message: fields["player_error_message"] ?? null,
    context: fields["player_error_context"] ?? null,
    fatal: fields["player_error_severity"] !== "warning",
    businessException: fields["player_error_business_exception"] === true,
  };
  insertBySequence(view.errors, entry);
  if (view.errors.length <= MAX_ERRORS) return;
  view.errors.shift(); // the last ones stay: one of them may have ended the view
  view.overflow += 1;
}

function foldTransition(view: ViewState, event: BeaconEvent, viewerTimeMs: number): void {
  if (event.name === "error" && event.fields["player_error_severity"] === "warning") return; // playback goes on
  const playhead = event.fields["player_playhead_time"];
  const transition: Transition = {
    sequence: event.sequence,
    kind: event.name as TransitionKind,
    viewerTimeMs,
    playheadMs: typeof playhead === "number" && Number.isFinite(playhead) ? playhead : 0,
  };
  insertBySequence(view.transitions, transition);
  if (view.transitions.length <= MAX_TRANSITIONS) return;
  view.transitions.pop();
  view.overflow += 1;
}

function insertBySequence<T extends { sequence: number }>(list: T[], entry: T): void {
  let at = list.length;
  while (at > 0 && (list[at - 1] as T).sequence > entry.sequence) at -= 1;
  list.splice(at, 0, entry);
}
