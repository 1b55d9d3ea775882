import type { EnvironmentId } from "../../domain/identifiers.ts";
import { type BeaconRecord, decodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import { type Beat, beatOf, bucketOf, SILENCE_LIMIT_MS } from "../../domain/monitoring/beat.ts";
import { BUCKET_MS, OPEN_MS } from "../../domain/monitoring/socket-wire.ts";
import { deriveView, serverTime } from "../../domain/view/derive.ts";
import { foldEvent } from "../../domain/view/fold.ts";
import {
  ENDED_FINAL_AFTER_MS,
  finalAtMs,
  type LifeStage,
  lifeStage,
  nextStageAtMs,
} from "../../domain/view/life-cycle.ts";
import { foldAsset } from "../../domain/view/named-asset.ts";
import { type Timeline, traceView } from "../../domain/view/timeline.ts";
import { createView, type ViewState } from "../../domain/view/view-state.ts";
import { type DeviceFacts, type ViewDimensions, viewDimensions, viewerDevice } from "../../domain/view/viewer-facts.ts";
import { decodeEvent } from "../../domain/wire/decode-events.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { beatRow, eventRow, type Row, viewRow } from "../sink/rows.ts";
import type { FoldCounters } from "./fold-counters.ts";

/** A view that may still change, with what is worked out of it. */
export interface OpenView {
  environmentId: EnvironmentId;
  state: ViewState;
  stage: LifeStage;
  /** Log time at which the stage may change by silence alone. */
  stageAtMs: number;
  /** New events since the last `collect`. */
  dirty: boolean;
  facts: ViewFacts | null;
  /** Beats handed to the sink for buckets that are still open, as compared text, by bucket. */
  beats: Map<number, string>;
  /** Newest bucket whose beat follows from all events so far: a beat changes by events alone. */
  beatenMs: number;
}

/** Worked out of a state; void as soon as it changes. */
interface ViewFacts {
  timeline: Timeline;
  device: DeviceFacts;
  dimensions: ViewDimensions;
}

/** Rows of one partition for the sink, and how far in the log they reach. */
export interface CollectedRows {
  events: Row[];
  views: Row[];
  beats: Row[];
  /** Every record that arrived before this moment of log time is in these rows or earlier ones. */
  watermarkMs: number;
  nextOffset: number;
}

/** Remembers of a final view only this: enough to file late events under the same key. */
export interface FinalView {
  firstSeenMs: number;
  finalAtMs: number;
}

/** The SDKs repeat unanswered batches for ever; after a day a final view's events would open it anew. */
const FINAL_MEMORY_MS = 24 * 3_600_000;

export interface PartitionFoldDeps {
  parseDevice: (userAgent: string) => DeviceFacts;
  counters: FoldCounters;
}

/**
 * Folds one partition's records into views and says which rows changed. Knows no clock: time is the log's. Everything it
 * hands out is a function of the records read, so that reading them again after a crash yields the same rows.
 */
export class PartitionFold {
  readonly views = new Map<string, OpenView>();
  readonly finals = new Map<string, FinalView>();
  watermarkMs = 0;
  nextOffset = 0;
  #eventRows: Row[] = [];
  #viewRows: Row[] = [];
  #beatRows: Row[] = [];
  #bucketMs = 0;
  readonly #deps: PartitionFoldDeps;

  constructor(deps: PartitionFoldDeps) {
    this.#deps = deps;
  }

  /** Rows that wait for the next `collect`. */
  get pendingRows(): number {
    return this.#eventRows.length + this.#viewRows.length + this.#beatRows.length;
  }

  apply(records: readonly StoredRecord[]): void {
    for (const stored of records) {
      const record = decodeBeaconRecord(stored.value.toString("utf8"));
      if (record === null) this.#deps.counters.undecodable();
      else if ("tickMs" in record) this.#advance(record.tickMs);
      else this.#applyBeacon(record);
      this.nextOffset = stored.nextOffset;
    }
  }

  /**
   * Lets log time go on. Before it leaves a bucket all beats are brought up to it, so that none depends on when rows were
   * collected: a large batch read after an outage spans many buckets.
   */
  #advance(toMs: number): void {
    if (bucketOf(toMs) > bucketOf(this.watermarkMs)) for (const open of this.views.values()) this.#beat(open);
    this.watermarkMs = Math.max(this.watermarkMs, toMs);
  }

  #applyBeacon(record: BeaconRecord): void {
    this.#advance(record.arrivedAtMs);
    const atMs = this.watermarkMs; // an edge that starts anew with its clock set back stamps earlier: log time stands still
    const key = viewKey(record.environmentId, record.viewId);
    const final = this.#finalBy(key, atMs);
    const open = final === undefined ? this.#openView(key, record, atMs) : null;
    const arrival = { atMs, transmittedAtMs: record.transmittedAtMs, context: record.context };
    const offsetMs = open?.state.clockOffsetMs;
    for (const raw of record.events) {
      const decoded = decodeEvent(raw);
      if (decoded.kind === "rejected") {
        this.#deps.counters.rejected(decoded.reason);
        continue;
      }
      const { event } = decoded;
      if (open !== null && !foldEvent(open.state, event, arrival)) {
        this.#deps.counters.repeated();
        continue;
      }
      if (open === null) this.#deps.counters.late();
      else this.#deps.counters.folded();
      const view = { viewId: record.viewId, firstSeenMs: open?.state.firstSeenMs ?? final?.firstSeenMs ?? atMs };
      this.#eventRows.push(eventRow(record.environmentId, view, event, atMs, record.context.retentionDays));
      if (open !== null) markDirty(open);
    }
    if (open === null) return;
    if (open.state.clockOffsetMs !== offsetMs) markDirty(open); // a repeat may tell a better clock
    if (record.asset !== undefined && foldAsset(open.state, record.asset, atMs)) markDirty(open); // or the title
  }

  /**
   * The view's tombstone, if it was final when the record came. Decided by the record's own time, not by when rows were
   * last collected, so that a replay in larger batches decides the same.
   */
  #finalBy(key: string, arrivedAtMs: number): FinalView | undefined {
    const open = this.views.get(key);
    if (open !== undefined && arrivedAtMs - open.state.lastSeenMs >= ENDED_FINAL_AFTER_MS) {
      const facts = this.#factsOf(open);
      if (lifeStage(open.state, facts.timeline, arrivedAtMs) === "final") this.#finish(key, open, facts);
    }
    const final = this.finals.get(key);
    if (final === undefined || arrivedAtMs - final.finalAtMs < FINAL_MEMORY_MS) return final;
    this.finals.delete(key);
    return undefined;
  }

  #finish(key: string, open: OpenView, facts: ViewFacts): void {
    if (open.dirty || open.stage === "open") this.#viewRows.push(this.#viewRow(open, facts));
    this.views.delete(key);
    this.finals.set(key, { firstSeenMs: open.state.firstSeenMs, finalAtMs: finalAtMs(open.state, facts.timeline) });
  }

  #openView(key: string, record: BeaconRecord, atMs: number): OpenView {
    const known = this.views.get(key);
    if (known !== undefined) return known;
    const state = createView(record.viewId, atMs);
    const opened = newOpenView(record.environmentId, state);
    this.views.set(key, opened);
    return opened;
  }

  /** Takes what has changed since the last call. Costs one look at every open view once per 5-second bucket. */
  collect(): CollectedRows {
    const bucketMs = bucketOf(this.watermarkMs);
    const newBucket = bucketMs !== this.#bucketMs;
    this.#bucketMs = bucketMs;
    for (const [key, open] of this.views) {
      if (!open.dirty && !newBucket && this.watermarkMs < open.stageAtMs) continue;
      this.#collectView(key, open);
    }
    if (newBucket) this.#forgetFinals();
    const rows = { events: this.#eventRows, views: this.#viewRows, beats: this.#beatRows };
    this.#eventRows = [];
    this.#viewRows = [];
    this.#beatRows = [];
    return { ...rows, watermarkMs: this.watermarkMs, nextOffset: this.nextOffset };
  }

  #collectView(key: string, open: OpenView): void {
    this.#beat(open);
    const facts = this.#factsOf(open);
    const stage = lifeStage(open.state, facts.timeline, this.watermarkMs);
    if (stage === "final") {
      this.#finish(key, open, facts);
      return;
    }
    if (stage === "complete" && (open.dirty || open.stage === "open")) this.#viewRows.push(this.#viewRow(open, facts));
    open.dirty = false;
    open.stage = stage;
    open.stageAtMs = nextStageAtMs(open.state, facts.timeline, stage);
  }

  /**
   * Makes the rows of open buckets whose beat is new. One that says nothing is stored too: a row from before a crash, made
   * of fewer events, may stand in its place.
   */
  #beat(open: OpenView): void {
    const { state } = open;
    const oldestOpen = bucketOf(this.watermarkMs - OPEN_MS);
    const oldest = Math.max(oldestOpen, open.beatenMs + BUCKET_MS);
    const newest = bucketOf(Math.min(this.watermarkMs, state.lastSeenMs + SILENCE_LIMIT_MS + BUCKET_MS)); // silent by then
    if (newest < oldest) return;
    const { timeline, dimensions } = this.#factsOf(open);
    const beganMs = beganAtMs(state, timeline);
    for (const bucketMs of open.beats.keys()) if (bucketMs < oldestOpen) open.beats.delete(bucketMs);
    for (let bucketMs = oldest; bucketMs <= newest; bucketMs += BUCKET_MS) {
      if (bucketMs + BUCKET_MS < beganMs) continue;
      const beat = beatOf(state, timeline, bucketMs) ?? nothing(bucketMs);
      const row = beatRow(open.environmentId, state, beat, dimensions, this.nextOffset);
      const text = row.slice(VERSION_COLUMN + 1).join("\u0000");
      if (text === open.beats.get(bucketMs)) continue;
      open.beats.set(bucketMs, text);
      this.#beatRows.push(row);
    }
    open.beatenMs = newest;
  }

  #viewRow(open: OpenView, { timeline, device, dimensions }: ViewFacts): Row {
    return viewRow({
      environmentId: open.environmentId,
      view: open.state,
      derived: deriveView(open.state, timeline),
      dimensions,
      device,
      ended: timeline.endedAtMs !== null,
      version: this.nextOffset,
    });
  }

  #factsOf(open: OpenView): ViewFacts {
    if (open.facts !== null) return open.facts;
    const device = viewerDevice(open.state, this.#deps.parseDevice(open.state.context.userAgent));
    open.facts = { timeline: traceView(open.state), device, dimensions: viewDimensions(open.state, device) };
    return open.facts;
  }

  #forgetFinals(): void {
    for (const [key, { finalAtMs }] of this.finals) {
      if (finalAtMs > this.watermarkMs - FINAL_MEMORY_MS) return; // in order of becoming final
      this.finals.delete(key);
    }
  }
}

/** Position of `version` in a beat row: it alone may differ between equal beats. */
const VERSION_COLUMN = 3;

export function viewKey(environmentId: EnvironmentId, viewId: string): string {
  return `${environmentId}/${viewId}`;
}

export function newOpenView(environmentId: EnvironmentId, state: ViewState): OpenView {
  return { environmentId, state, stage: "open", stageAtMs: 0, dirty: true, facts: null, beats: new Map(), beatenMs: 0 };
}

function markDirty(open: OpenView): void {
  open.dirty = true;
  open.facts = null;
  open.beatenMs = 0;
}

/** First wish to play or error, server clock: however few of its events were known, no beat of the view lies before. */
function beganAtMs(state: ViewState, { intentAtMs }: Timeline): number {
  const failedAtMs = state.errors[0]?.viewerTimeMs ?? Number.POSITIVE_INFINITY;
  return serverTime(state, Math.min(intentAtMs ?? Number.POSITIVE_INFINITY, failedAtMs));
}

/** Takes back a beat that later news made void. */
function nothing(bucketMs: number): Beat {
  return {
    bucketMs,
    concurrent: false,
    startingUp: false,
    watchMs: 0,
    rebufferMs: 0,
    startAttempt: false,
    startupMs: null,
    startupFailure: false,
    exitBeforeStart: false,
    playbackFailure: false,
  };
}
