import { type Beat, beatOf, bucketOf, SILENCE_LIMIT_MS } from "../../domain/monitoring/beat.ts";
import type { BeatDimensions } from "../../domain/monitoring/beat-dimensions.ts";
import { BUCKET_MS, OPEN_MS } from "../../domain/monitoring/socket-wire.ts";
import { serverTime } from "../../domain/view/server-time.ts";
import type { Timeline } from "../../domain/view/timeline.ts";
import type { ViewState } from "../../domain/view/view-state.ts";
import type { OpenView } from "./open-view.ts";

/** What the beats of a view are made of. */
export interface BeatFacts {
  timeline: Timeline;
  dimensions: BeatDimensions;
}

/** The newest bucket that the view has a beat in if nothing more comes: it is silent by then. */
export function lastBucketOf({ state }: OpenView): number {
  return bucketOf(state.lastSeenMs + SILENCE_LIMIT_MS + BUCKET_MS);
}

/**
 * The view's beats in open buckets up to the watermark that are not in the store as they are. One that says nothing is
 * stored too: a row from before a crash, made of fewer events, may stand in its place.
 */
export function newBeats(open: OpenView, watermarkMs: number, factsOf: (open: OpenView) => BeatFacts): Beat[] {
  const oldestOpen = bucketOf(watermarkMs - OPEN_MS);
  const oldest = Math.max(oldestOpen, open.beatenMs + BUCKET_MS);
  const newest = Math.min(bucketOf(watermarkMs), lastBucketOf(open));
  if (newest < oldest) return [];

  const { timeline, dimensions } = factsOf(open);
  const beganMs = beganAtMs(open.state, timeline);
  for (const bucketMs of open.beats.keys()) if (bucketMs < oldestOpen) open.beats.delete(bucketMs);
  if (isNewLook(open, dimensions)) open.beats.clear();
  const beats: Beat[] = [];
  for (let bucketMs = oldest; bucketMs <= newest; bucketMs += BUCKET_MS) {
    if (bucketMs + BUCKET_MS < beganMs) continue;
    const beat = beatOf(open.state, timeline, bucketMs) ?? nothing(bucketMs);
    if (isSame(beat, open.beats.get(bucketMs))) continue;
    open.beats.set(bucketMs, beat);
    beats.push(beat);
  }
  open.beatenMs = newest;
  return beats;
}

/** First wish to play or error, server clock: however few of its events were known, no beat of the view lies before. */
function beganAtMs(state: ViewState, { intentAtMs }: Timeline): number {
  const failedAtMs = state.errors[0]?.viewerTimeMs ?? Number.POSITIVE_INFINITY;
  return serverTime(state, Math.min(intentAtMs ?? Number.POSITIVE_INFINITY, failedAtMs));
}

/** Whether the rows would say something else besides the beat; remembers it. */
function isNewLook(open: OpenView, dimensions: BeatDimensions): boolean {
  const known = open.beatsLook;
  open.beatsLook = dimensions;
  return known === null || !isEqual(known, dimensions);
}

function isEqual(a: BeatDimensions, b: BeatDimensions): boolean {
  if (a === b) return true;
  for (const name in a) {
    if (a[name as keyof BeatDimensions] !== b[name as keyof BeatDimensions]) return false; // of the type's own keys
  }
  return true;
}

function isSame(a: Beat, b: Beat | undefined): boolean {
  return (
    b !== undefined &&
    a.concurrent === b.concurrent &&
    a.startingUp === b.startingUp &&
    a.watchMs === b.watchMs &&
    a.rebufferMs === b.rebufferMs &&
    a.startAttempt === b.startAttempt &&
    a.startupMs === b.startupMs &&
    a.startupFailure === b.startupFailure &&
    a.exitBeforeStart === b.exitBeforeStart &&
    a.playbackFailure === b.playbackFailure &&
    a.bitrate === b.bitrate
  );
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
    bitrate: 0,
  };
}
