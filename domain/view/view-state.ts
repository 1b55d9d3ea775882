import type { FieldValue } from "../wire/decode-events.ts";
import type { ErrorWeight } from "./error-category.ts";
import { type FieldEntry, FieldTable } from "./field-table.ts";
import { type MarkTexts, markTextsOf } from "./mark-texts.ts";
import type { KnownAsset } from "./named-asset.ts";
import type { SequenceSet } from "./sequence-set.ts";

/** What the databases of networks say of a viewer's address. */
export interface Place {
  /** Two letters: AF, AN, AS, EU, NA, OC, SA; "" when unknown, like the other texts. */
  continent: string;
  region: string;
  city: string;
  /** Degrees, cut to one decimal. */
  latitude: number | null;
  longitude: number | null;
  /** Autonomous system; 0 when unknown. */
  asn: number;
  asnName: string;
}

/** What the edge knew of the request that carried an event; the same however often the log is read again. */
export interface RequestContext {
  /** Viewer address cut to /24 or /48. */
  address: string;
  /** ISO 3166-1 alpha-2, or "" when the address tells none. */
  country: string;
  /** Absent where nothing but the country is known, as in records of earlier releases. */
  place?: Place;
  userAgent: string;
  referrer: string;
  /** How long the environment keeps rows, as it stood when the request came. */
  retentionDays: number;
}

/** Events that change what a viewer experiences; all else only carries fields. */
export const TRANSITIONS = [
  "viewstart",
  "play",
  "playing",
  "pause",
  "ended",
  "seeking",
  "seeked",
  "rebufferstart",
  "rebufferend",
  "error",
  "viewend",
  "adbreakstart",
  "adbreakend",
  "adrequest",
  "adplay",
  "adplaying",
  "adpause",
  "adended",
  "aderror",
  "adclicked",
  "adskipped",
  "devicesleep",
  "devicewake",
  "cdnchange",
] as const;

export type TransitionKind = (typeof TRANSITIONS)[number];

export interface Transition {
  sequence: number;
  kind: TransitionKind;
  /** Client clock, Unix milliseconds. */
  viewerTimeMs: number;
  playheadMs: number;
  /** What this event told of the CDN (cdnchange) or of the ad's type (ad events); absent where it told nothing. */
  detail?: string;
}

/** What an event told of the picture or of how it is shown; absent members stay as they were. Sorted by sequence number. */
export interface Mark {
  sequence: number;
  viewerTimeMs: number;
  /** Of a `renditionchange`: it knows the rendition; others tell what the element shows, which may lag behind. */
  isChange?: true;
  /** bit/s; 0 and "" say that it is not known. */
  bitrate?: number;
  widthPx?: number;
  heightPx?: number;
  fps?: number;
  codec?: string;
  name?: string;
  mode?: string;
  modeData?: string;
}

export interface ErrorEntry extends ErrorWeight {
  sequence: number;
  viewerTimeMs: number;
  code: FieldValue;
  message: FieldValue;
  context: FieldValue;
}

/** Sums over `request*` events. Whole numbers, so that the order of adding cannot show. */
export interface RequestTotals {
  completed: number;
  failed: number;
  canceled: number;
  bytes: number;
  /** Of requests whose first byte was timed. */
  latencyCount: number;
  latencySumMs: number;
  latencyMaxMs: number;
  /** Of requests whose loading was timed and took some time: the parts of the throughput. */
  loadedBytes: number;
  loadMs: number;
}

/** Sums over live samples of one second of distance (client clock − programme time), so that thousands need little room. */
export interface LatencyBin {
  /** Whole seconds, rounded down. */
  seconds: number;
  count: number;
  sumMs: number;
}

/**
 * All that is remembered of one view. It is the same for every order and repetition of the same events
 * (fold.test.ts, recordings.test.ts), apart from `firstSeenMs` and `lastSeenMs`, which the log's order fixes.
 */
export interface ViewState {
  viewId: string;
  /** Arrival of the view's first record; part of sorting keys, so it never changes. Unix milliseconds, log time. */
  firstSeenMs: number;
  /**
   * When the view last had news: the latest first arrival of an event. How long it stays open counts from here, and repeats
   * do not move it. States of earlier releases count them too.
   */
  lastSeenMs: number;
  /** Server clock minus client clock: the least of (arrival − client's sending time) over the view's requests. */
  clockOffsetMs: number | null;
  /** Newest value of each field, with the sequence number of the event that wrote it; long names. */
  fields: FieldTable;
  /** First value that was told of the fields in `INITIAL_FIELDS` (field-names.ts). */
  initials: FieldTable;
  sequences: SequenceSet;
  /** Sorted by sequence number. */
  transitions: Transition[];
  marks: Mark[];
  /** Follows from `marks`, so checkpoints leave it out. */
  markTexts: MarkTexts;
  /** Sorted by sequence number. */
  errors: ErrorEntry[];
  requests: RequestTotals;
  /** Newest `x-cdn` header of a media segment; null when none came. */
  segmentCdn: readonly [sequence: number, cdn: string] | null;
  /** Sorted by distance. */
  latencyBins: LatencyBin[];
  /** At any time; so the next two. */
  usedCaptions: boolean;
  usedFullscreen: boolean;
  usedPip: boolean;
  /** The player went on to another program without a new start: at any time, too. */
  programChanged: boolean;
  /** Furthest position that any event told, milliseconds of media. */
  maxPlayheadMs: number;
  /** Newest client time of any event; null while there is none. */
  newestMs: number | null;
  /** Client times of recent events of any kind, ascending, at most one a second: who is silent is not watching. */
  activityMs: number[];
  context: RequestContext;
  /** Sequence number of the event whose request gave `context`: the lowest seen. */
  contextSequence: number;
  /** Of the playback id that the view names, where it is one of its environment; says only what the player does not. */
  asset: KnownAsset | null;
  /** Events whose client time was impossible and was replaced by the time of sending. */
  clampedTimes: number;
  /** Transitions or errors beyond the cap: kept as events, left out of the fold. */
  overflow: number;
}

export function createView(viewId: string, firstSeenMs: number): ViewState {
  return {
    viewId,
    firstSeenMs,
    lastSeenMs: firstSeenMs,
    clockOffsetMs: null,
    fields: new FieldTable(),
    initials: new FieldTable(),
    sequences: [],
    transitions: [],
    marks: [],
    markTexts: markTextsOf([]),
    errors: [],
    requests: noRequests(),
    segmentCdn: null,
    latencyBins: [],
    usedCaptions: false,
    usedFullscreen: false,
    usedPip: false,
    programChanged: false,
    maxPlayheadMs: 0,
    newestMs: null,
    activityMs: [],
    context: { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 },
    contextSequence: Number.POSITIVE_INFINITY,
    asset: null,
    clampedTimes: 0,
    overflow: 0,
  };
}

function noRequests(): RequestTotals {
  const latency = { latencyCount: 0, latencySumMs: 0, latencyMaxMs: 0 };
  return { completed: 0, failed: 0, canceled: 0, bytes: 0, ...latency, loadedBytes: 0, loadMs: 0 };
}

/** JSON form of a state for a checkpoint. */
export function serializeView(view: ViewState): string {
  const { fields, initials, contextSequence } = view;
  const maps = { fields: [...fields], initials: [...initials], markTexts: undefined };
  return JSON.stringify({ ...view, ...maps, contextSequence: finiteOrNull(contextSequence) });
}

/**
 * The counterpart; trusts its input, which only `serializeView` of the same or an earlier release writes. What an earlier
 * release did not keep is as if nothing had been told of it.
 */
export function restoreView(text: string): ViewState {
  const stored = JSON.parse(text) as Omit<ViewState, "fields" | "initials" | "markTexts" | "contextSequence"> & {
    fields: [string, FieldEntry][];
    initials?: [string, FieldEntry][];
    contextSequence: number | null;
  };
  const fields = FieldTable.from(stored.fields);
  return {
    ...createView(stored.viewId, stored.firstSeenMs),
    ...stored,
    fields,
    initials: FieldTable.from(stored.initials ?? []),
    markTexts: markTextsOf(stored.marks ?? []),
    requests: { ...noRequests(), ...stored.requests },
    programChanged: stored.programChanged ?? asFlag(fields.value("view_program_changed")) === true,
    maxPlayheadMs: stored.maxPlayheadMs ?? furthestOf(stored),
    newestMs: stored.newestMs ?? newestOf(stored),
    contextSequence: stored.contextSequence ?? Number.POSITIVE_INFINITY,
  };
}

/** As far as states tell that did not keep it. */
function newestOf({ transitions, activityMs }: Pick<ViewState, "transitions" | "activityMs">): number | null {
  const times = [...transitions.map(({ viewerTimeMs }) => viewerTimeMs), ...activityMs.slice(-1)];
  return times.length === 0 ? null : times.reduce((newest, time) => Math.max(newest, time));
}

function furthestOf({ transitions }: Pick<ViewState, "transitions">): number {
  return transitions.reduce((furthest, { playheadMs }) => Math.max(furthest, playheadMs), 0);
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function field(view: ViewState, name: string): FieldValue {
  return view.fields.value(name) ?? null;
}

/** A field as text; "" when absent. Numbers are written out: SDKs send ids either way. */
export function textField(view: ViewState, name: string): string {
  const value = field(view, name);
  return value === null ? "" : String(value);
}

export function numberField(view: ViewState, name: string): number | null {
  const value = field(view, name);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A field as yes or no; null when it is absent or neither. */
export function flagField(view: ViewState, name: string): boolean | null {
  return asFlag(field(view, name));
}

/** Some SDKs write booleans as text or number. */
export function asFlag(value: unknown): boolean | null {
  if (value === true || value === "true" || value === 1 || value === "1") return true;
  if (value === false || value === "false" || value === 0 || value === "0") return false;
  return null;
}
