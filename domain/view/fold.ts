import { cutText } from "../cut-text.ts";
import type { BeaconEvent, FieldValue } from "../wire/decode-events.ts";
import {
  type ErrorCategories,
  type ErrorWeight,
  MAX_ERROR_CODE_LENGTH,
  MAX_ERROR_MESSAGE_LENGTH,
  weighError,
} from "./error-category.ts";
import { foldFields } from "./fold-fields.ts";
import { foldRequest, MAX_CDN_LENGTH } from "./fold-requests.ts";
import { insertBySequence } from "./insert-by-sequence.ts";
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
  /** Of errors among its events; none in records of earlier releases. */
  errorCategories?: ErrorCategories | undefined;
}

/** Sound SDKs stay far below; a view beyond it keeps its events but no longer its details. */
const MAX_TRANSITIONS = 20_000;
/** With all texts as long as may be, a view still fits into one record of a checkpoint. */
const MAX_ERRORS = 100;
/** In UTF-16 code units. The event keeps it whole. */
const MAX_ERROR_CONTEXT_LENGTH = 4_096;
/** A client holds events back at most this long (retries while offline); older times are clock faults. */
export const MAX_EVENT_AGE_MS = 24 * 3_600_000;
/** `viewer_time` may lie this much after sending: the two are read at different moments. */
export const SENDING_SLACK_MS = 1_000;
/** Longer than buckets stay open plus the longest silence of someone who counts as watching. */
const ACTIVITY_SPAN_MS = 120_000;

const TRANSITION_KINDS: ReadonlySet<string> = new Set(TRANSITIONS);

/** Longest type of an ad that is kept, in UTF-16 code units. */
const MAX_AD_TYPE_LENGTH = 32;

/**
 * Folds one event into its view, in place. False when the view had it already; then it may only tell a better clock. Any order and repetition of a view's events gives the same state: a field belongs to its highest sequence
 * number, changes of state are kept sorted, sums are taken once per event. Of copies that differ, the first in the log
 * counts: an error is what its category said when it first came.
 */
export function foldEvent(view: ViewState, event: BeaconEvent, arrival: Arrival): boolean {
  const viewerTimeMs = viewerTimeOf(event, arrival);
  foldClock(view, arrival, viewerTimeMs);
  if (!addSequence(view.sequences, event.sequence)) return false;

  view.lastSeenMs = Math.max(view.lastSeenMs, arrival.atMs);
  foldContext(view, event.sequence, arrival.context);
  if (viewerTimeMs !== (event.fields["viewer_time"] ?? viewerTimeMs)) view.clampedTimes += 1;
  if (view.newestMs === null || viewerTimeMs > view.newestMs) view.newestMs = viewerTimeMs;
  foldActivity(view, viewerTimeMs);
  const playheadMs = playheadOf(event);
  if (playheadMs > view.maxPlayheadMs) view.maxPlayheadMs = playheadMs;
  foldFields(view, event, viewerTimeMs);
  if (event.name.startsWith("request")) foldRequest(view, event);
  if (event.name === "error" && !foldError(view, event, viewerTimeMs, arrival).fatal) return true; // playback goes on
  if (TRANSITION_KINDS.has(event.name)) foldTransition(view, event, { viewerTimeMs, playheadMs });
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

function foldError(
  view: ViewState,
  event: BeaconEvent,
  viewerTimeMs: number,
  { errorCategories }: Arrival,
): ErrorWeight {
  const { fields } = event;
  const weight = weighError(fields, errorCategories?.[event.sequence]);
  const entry: ErrorEntry = {
    sequence: event.sequence,
    viewerTimeMs,
    code: shortened(fields["player_error_code"], MAX_ERROR_CODE_LENGTH),
    message: shortened(fields["player_error_message"], MAX_ERROR_MESSAGE_LENGTH),
    context: shortened(fields["player_error_context"], MAX_ERROR_CONTEXT_LENGTH),
    ...weight,
  };
  insertBySequence(view.errors, entry);
  if (view.errors.length <= MAX_ERRORS) return weight;
  const oldestWarning = view.errors.findIndex(({ fatal }) => !fatal);
  view.errors.splice(Math.max(0, oldestWarning), 1); // fatal ones stay, and the last ones: one may have ended the view
  view.overflow += 1;
  return weight;
}

function shortened(value: FieldValue | undefined, length: number): FieldValue {
  return typeof value === "string" ? cutText(value, length) : (value ?? null);
}

/** Milliseconds of media; 0 where none is told. */
function playheadOf({ fields }: BeaconEvent): number {
  const playhead = fields["player_playhead_time"];
  return typeof playhead === "number" && Number.isFinite(playhead) ? playhead : 0;
}

type Moment = Pick<Transition, "viewerTimeMs" | "playheadMs">;

function foldTransition(view: ViewState, event: BeaconEvent, { viewerTimeMs, playheadMs }: Moment): void {
  const { sequence } = event;
  const transition: Transition = { sequence, kind: event.name as TransitionKind, viewerTimeMs, playheadMs };
  const detail = detailOf(event);
  if (detail !== undefined) transition.detail = detail;
  insertBySequence(view.transitions, transition);
  if (view.transitions.length <= MAX_TRANSITIONS) return;
  view.transitions.pop();
  view.overflow += 1;
}

/** What an event tells of the CDN or of the ad, where it is of such a kind and tells it. */
function detailOf({ name, fields }: BeaconEvent): string | undefined {
  if (name === "cdnchange") return textOf(fields["video_cdn"], MAX_CDN_LENGTH);
  return name.startsWith("ad") ? textOf(fields["ad_type"], MAX_AD_TYPE_LENGTH) : undefined;
}

function textOf(value: FieldValue | undefined, length: number): string | undefined {
  return value === undefined || value === null ? undefined : cutText(String(value), length);
}
