import type { EnvironmentId } from "../../domain/identifiers.ts";
import { type BeaconRecord, decodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import type { RejectionReason } from "../../domain/messages/rejection-reasons.ts";
import { bucketOf } from "../../domain/monitoring/beat.ts";
import { beatDimensions } from "../../domain/monitoring/beat-dimensions.ts";
import { foldEvent } from "../../domain/view/fold.ts";
import {
  ENDED_FINAL_AFTER_MS,
  FINAL_AFTER_MS,
  finalAtMs,
  lifeStage,
  nextStageAtMs,
} from "../../domain/view/life-cycle.ts";
import { foldAsset } from "../../domain/view/named-asset.ts";
import { recordOf } from "../../domain/view/record/record-of.ts";
import { type Timeline, traceView } from "../../domain/view/timeline.ts";
import { createView, type ViewState } from "../../domain/view/view-state.ts";
import { type DeviceFacts, viewDimensions, viewerDevice } from "../../domain/view/viewer-facts.ts";
import { decodeEvent } from "../../domain/wire/decode-events.ts";
import { RowLines } from "../../platform/clickhouse/row-lines.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { type EventArrival, eventRow } from "../sink/event-row.ts";
import { rowBytes } from "../sink/row-bytes.ts";
import { beatRow, type Row, viewRow } from "../sink/rows.ts";
import { type EventCounts, NO_EVENTS } from "./event-counts.ts";
import { FinalViews } from "./final-views.ts";
import type { FoldCounters } from "./fold-counters.ts";
import type { FoldRejection } from "./fold-rejections.ts";
import { lastBucketOf, newBeats } from "./open-beats.ts";
import { newOpenView, type OpenView, type ViewLook, viewKey } from "./open-view.ts";
import { RoomForViews } from "./room-for-views.ts";
import { SavedViews } from "./saved-views.ts";
import { StageQueue } from "./stage-queue.ts";
import { beginsWithin, FORGOTTEN_MS } from "./view-beginnings.ts";

/** Rows of one partition for the sink, and how far in the log they reach. */
export interface CollectedRows {
  events: RowLines;
  views: Row[];
  beats: Row[];
  /** Every record that arrived before this moment of log time is in these rows or earlier ones. */
  watermarkMs: number;
  nextOffset: number;
}

export interface PartitionFoldDeps {
  parseDevice: (userAgent: string) => DeviceFacts;
  counters: FoldCounters;
  /** Of each event that is not taken. */
  onRejected?: (rejection: FoldRejection) => void;
  /** Views of one environment that may be open; fewer only in tests. */
  maxOpenViews?: number;
}

const HOUR_MS = 3_600_000;
/** In the place of a first arrival: it is not known. */
const CUT_OFF = 0;

type ViewFacts = ViewLook & { timeline: Timeline };

/**
 * Folds one partition's records into views and says which rows changed. Knows no clock: time is the log's. Everything it
 * hands out is a function of the records read, so that reading them again after a crash yields the same rows.
 */
export class PartitionFold {
  readonly views = new Map<string, OpenView>();
  readonly finals = new FinalViews();
  readonly saved = new SavedViews();
  /** What became of the events so far. */
  readonly counts: EventCounts = { ...NO_EVENTS };
  watermarkMs = 0;
  nextOffset = 0;
  /**
   * Where the log began, log time, when it was read from there though records before had been deleted; infinite until the
   * first one is read; null where nothing was missing, or nothing of it can come any more. Part of the checkpoint.
   */
  cutAtMs: number | null = null;
  /**
   * An earlier holder may have read records before this offset, and stored a beat in the midst of them that says what none of ours
   * does: until then every change has all beats in open buckets stored again, above its.
   */
  rereadUntil = 0;
  #eventRows = new RowLines();
  #viewRows: Row[] = [];
  #beatRows: Row[] = [];
  /** Of rows of views and beats. */
  #rowBytes = 0;
  #bucketMs = 0;
  /** Of the record in hand. */
  #offset = 0;
  /** Changed since the last `collect`. */
  readonly #changed = new Set<OpenView>();
  /** May have a beat in the next bucket. */
  readonly #beating = new Set<OpenView>();
  readonly #stages = new StageQueue();
  readonly #room: RoomForViews;
  readonly #deps: PartitionFoldDeps;

  constructor(deps: PartitionFoldDeps) {
    this.#deps = deps;
    this.#room = new RoomForViews(deps.maxOpenViews);
  }

  /** Rows that wait for the next `collect`. */
  get pendingRows(): number {
    return this.#eventRows.length + this.#viewRows.length + this.#beatRows.length;
  }

  /** Memory that they take, about. */
  get pendingBytes(): number {
    return this.#eventRows.byteLength + this.#rowBytes;
  }

  /** Takes a view from a checkpoint, whose rows were stored with it. */
  restore(open: OpenView): void {
    open.dirty = false;
    this.views.set(open.key, open);
    this.#room.add(open);
    this.#beating.add(open);
    this.#stages.add(open);
  }

  apply(records: readonly StoredRecord[]): void {
    for (const stored of records) {
      const record = decodeBeaconRecord(stored.value.toString("utf8"));
      if (record === null) this.#deps.counters.undecodable();
      else if ("tickMs" in record) this.#advance(record.tickMs);
      else this.#applyBeacon(record, stored.offset);
      this.nextOffset = stored.nextOffset;
    }
  }

  /**
   * Lets log time go on. Before it leaves a bucket all beats are brought up to it, so that none depends on when rows were
   * collected: a large batch read after an outage spans many buckets.
   */
  #advance(toMs: number): void {
    if (bucketOf(toMs) > bucketOf(this.watermarkMs)) for (const open of this.#beating) this.#beat(open);
    this.watermarkMs = Math.max(this.watermarkMs, toMs);
    if (this.cutAtMs !== null) this.cutAtMs = Math.min(this.cutAtMs, this.watermarkMs);
  }

  #applyBeacon(record: BeaconRecord, offset: number): void {
    this.#offset = offset;
    this.counts.received += record.count ?? record.events.length;
    this.#advance(record.arrivedAtMs);
    const atMs = this.watermarkMs; // an edge that starts anew with its clock set back stamps earlier: log time stands still
    const key = viewKey(record.environmentId, record.viewId);
    const known = this.#openAt(key, atMs);
    const finalSeenMs = known === undefined ? this.#finalSeenMs(key, record, atMs) : null;
    if (finalSeenMs === CUT_OFF) this.counts.skipped += record.events.length;
    else if (finalSeenMs !== null) this.#takeLate(record, finalSeenMs, atMs);
    else if (known !== undefined) this.#fold(known, record, atMs);
    else if (this.#hasRoom(record.environmentId, atMs)) this.#fold(this.#openView(record, atMs), record, atMs);
    else this.#reject("too_many_open_views", record, 0, record.events.length);
  }

  /**
   * When a view first arrived that is final; null for one that is new. A view that began before a log that was cut is
   * {@link CUT_OFF}, and remembered as long as a final one: under another first arrival it would be counted twice.
   */
  #finalSeenMs(key: string, record: BeaconRecord, atMs: number): number | null {
    const seenMs = this.finals.find(key, atMs);
    const isCutOff = seenMs === null ? this.#beganBeforeCut(record, atMs) : seenMs === CUT_OFF;
    if (!isCutOff) return seenMs;
    this.finals.add(key, { firstSeenMs: CUT_OFF, finalAtMs: atMs + FINAL_AFTER_MS + HOUR_MS });
    return CUT_OFF;
  }

  #beganBeforeCut(record: BeaconRecord, atMs: number): boolean {
    if (this.cutAtMs === null) return false;
    if (atMs - this.cutAtMs < FORGOTTEN_MS) return !beginsWithin(record, atMs - this.cutAtMs);
    this.cutAtMs = null;
    return false;
  }

  #hasRoom(environmentId: EnvironmentId, atMs: number): boolean {
    return this.#room.has(
      environmentId,
      atMs,
      (open) => finalAtMs(open.state, this.#factsOf(open).timeline),
      (open) => this.#finish(open, this.#factsOf(open)),
    );
  }

  /**
   * The view, unless it was final when the record came. Decided by the record's own time, not by when rows were last
   * collected, so that a replay in larger batches decides the same.
   */
  #openAt(key: string, arrivedAtMs: number): OpenView | undefined {
    const open = this.views.get(key);
    if (open === undefined || arrivedAtMs - open.state.lastSeenMs < ENDED_FINAL_AFTER_MS) return open;
    const facts = this.#factsOf(open);
    if (lifeStage(open.state, facts.timeline, arrivedAtMs) !== "final") return open;
    this.#finish(open, facts);
    return undefined;
  }

  #openView(record: BeaconRecord, atMs: number): OpenView {
    const opened = newOpenView(record.environmentId, createView(record.viewId, atMs));
    this.views.set(opened.key, opened);
    this.#room.add(opened);
    return opened;
  }

  #fold(open: OpenView, record: BeaconRecord, atMs: number): void {
    const { state } = open;
    const { transmittedAtMs, context, errorCategories } = record;
    const arrival = { atMs, transmittedAtMs, context, errorCategories };
    const rowsArrival = arrivalOf(record, { firstSeenMs: state.firstSeenMs, arrivedAtMs: atMs, late: false });
    const [offsetMs, coursePoints] = [state.clockOffsetMs, coursePointsOf(state)];
    let isNews = false;
    for (const [index, raw] of record.events.entries()) {
      const decoded = decodeEvent(raw);
      if (decoded.kind === "rejected") this.#reject(decoded.reason, record, index);
      else if (foldEvent(state, decoded.event, arrival)) {
        this.counts.folded += 1;
        this.#eventRows.push(eventRow(decoded.event, rowsArrival));
        isNews = true;
      } else this.counts.repeated += 1;
    }
    if (state.clockOffsetMs !== offsetMs) isNews = true; // a repeat may tell a better clock
    if (record.asset !== undefined && foldAsset(state, record.asset, atMs)) isNews = true; // or the title
    if (coursePointsOf(state) !== coursePoints) open.timeline = null;
    if (isNews) this.#change(open);
    this.saved.change(open); // also where nothing was taken: when it was first seen must stay
    this.#beating.add(open);
  }

  #takeLate(record: BeaconRecord, firstSeenMs: number, atMs: number): void {
    const rowsArrival = arrivalOf(record, { firstSeenMs, arrivedAtMs: atMs, late: true });
    for (const [index, raw] of record.events.entries()) {
      const decoded = decodeEvent(raw);
      if (decoded.kind === "rejected") {
        this.#reject(decoded.reason, record, index);
        continue;
      }
      this.counts.late += 1;
      this.#eventRows.push(eventRow(decoded.event, rowsArrival));
    }
  }

  #reject(reason: RejectionReason, record: BeaconRecord, index: number, count = 1): void {
    this.counts.rejected += count;
    this.#deps.counters.rejected(reason, count);
    this.#deps.onRejected?.({ reason, record, position: this.#offset, index, count });
  }

  #change(open: OpenView): void {
    open.dirty = true;
    open.look = null;
    open.beatenMs = 0;
    if (this.nextOffset < this.rereadUntil) open.beats.clear();
    this.#changed.add(open);
  }

  /** A view that nobody ended is written once more: only now it is known to be dropped. */
  #finish(open: OpenView, facts: ViewFacts): void {
    const dropped = facts.timeline.endedAtMs === null;
    if (open.dirty || open.stage === "open" || dropped) this.#keep(this.#viewRows, this.#viewRow(open, facts, dropped));
    this.views.delete(open.key);
    this.#room.remove(open);
    this.#changed.delete(open);
    this.#beating.delete(open);
    this.saved.remove(open);
    const { firstSeenMs } = open.state;
    this.finals.add(open.key, { firstSeenMs, finalAtMs: finalAtMs(open.state, facts.timeline) });
  }

  /** Takes what has changed since the last call. Costs a look at those alone, and once per bucket at all who watch. */
  collect(): CollectedRows {
    const bucketMs = bucketOf(this.watermarkMs);
    for (const open of this.#changed) this.#collectView(open);
    this.#changed.clear();
    for (const open of this.#stages.take(this.watermarkMs)) {
      if (this.views.get(open.key) === open) this.#collectView(open);
    }
    if (bucketMs !== this.#bucketMs) {
      for (const open of this.#beating) this.#beat(open);
      this.finals.forget(this.watermarkMs);
    }
    this.#bucketMs = bucketMs;
    const rows = { events: this.#eventRows, views: this.#viewRows, beats: this.#beatRows };
    this.#eventRows = new RowLines();
    this.#viewRows = [];
    this.#beatRows = [];
    this.#rowBytes = 0;
    return { ...rows, watermarkMs: this.watermarkMs, nextOffset: this.nextOffset };
  }

  #collectView(open: OpenView): void {
    this.#beat(open);
    const facts = this.#factsOf(open);
    const stage = lifeStage(open.state, facts.timeline, this.watermarkMs);
    if (stage === "final") {
      this.#finish(open, facts);
      return;
    }
    if (stage === "complete" && (open.dirty || open.stage === "open"))
      this.#keep(this.#viewRows, this.#viewRow(open, facts, false));
    open.dirty = false;
    open.stage = stage;
    open.stageAtMs = nextStageAtMs(open.state, facts.timeline, stage);
    this.#stages.add(open);
  }

  /** Makes the rows of open buckets whose beat is new. */
  #beat(open: OpenView): void {
    const { environmentId, state } = open;
    for (const beat of newBeats(open, this.watermarkMs, (view) => this.#factsOf(view))) {
      this.#keep(this.#beatRows, beatRow(environmentId, state, beat, this.#factsOf(open).dimensions, this.nextOffset));
    }
    if (bucketOf(this.watermarkMs) >= lastBucketOf(open)) this.#beating.delete(open);
  }

  #keep(rows: Row[], row: Row): void {
    rows.push(row);
    this.#rowBytes += rowBytes(row);
  }

  #viewRow({ environmentId, state }: OpenView, { timeline, device }: ViewFacts, dropped: boolean): Row {
    return viewRow({
      environmentId,
      view: state,
      record: recordOf({ view: state, timeline, device, dropped }),
      version: this.nextOffset + Number(dropped), // above a row of the same position that did not know yet
    });
  }

  #factsOf(open: OpenView): ViewFacts {
    open.timeline ??= traceView(open.state);
    open.look ??= this.#lookOf(open.state);
    return { timeline: open.timeline, device: open.look.device, dimensions: open.look.dimensions };
  }

  #lookOf(state: ViewState): ViewLook {
    const device = viewerDevice(state, this.#deps.parseDevice(state.context.userAgent));
    return { device, dimensions: beatDimensions(state, viewDimensions(state, device)) };
  }
}

function arrivalOf(
  { environmentId, viewId, transmittedAtMs: sentAtMs, context, errorCategories }: BeaconRecord,
  more: Pick<EventArrival, "firstSeenMs" | "arrivedAtMs" | "late">,
): EventArrival {
  return { environmentId, viewId, sentAtMs, retentionDays: context.retentionDays, errorCategories, ...more };
}

/** Grows whenever the state got something that `traceView` reads, so that a steady viewer is not traced again. */
function coursePointsOf({ transitions, errors, overflow, programChanged }: ViewState): number {
  return transitions.length + errors.length + overflow + Number(programChanged);
}
