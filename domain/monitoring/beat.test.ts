import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldEvent } from "../view/fold.ts";
import { recordOf } from "../view/record/record-of.ts";
import { NO_DEVICE } from "../view/testing/no-device.ts";
import { traceView } from "../view/timeline.ts";
import { createView, type ViewState } from "../view/view-state.ts";
import { decodeEvent } from "../wire/decode-events.ts";
import { decodeRequest } from "../wire/decode-request.ts";
import { type Beat, beatOf, bucketOf } from "./beat.ts";
import { BUCKET_MS } from "./socket-wire.ts";

const FOLDER = new URL("../../fixtures/beacons/", import.meta.url);
const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };

function foldRecording(name: string): ViewState[] {
  const views = new Map<string, ViewState>();
  for (const line of readFileSync(new URL(name, FOLDER), "utf8").split("\n")) {
    if (line === "") continue;
    const request = decodeRequest((JSON.parse(line) as { body: string }).body);
    if (request.kind === "rejected") throw new Error(request.reason);
    const sentAtMs = request.transmissionTimestampMs;
    for (const { raw } of request.events) {
      const decoded = decodeEvent(raw);
      if (decoded.kind === "rejected") throw new Error(decoded.reason);
      const view = views.get(decoded.event.viewId) ?? createView(decoded.event.viewId, sentAtMs ?? 0);
      views.set(view.viewId, view);
      foldEvent(view, decoded.event, { atMs: (sentAtMs ?? 0) + 40, transmittedAtMs: sentAtMs, context });
    }
  }
  return [...views.values()];
}

/** All beats of a view, from a minute before to a minute after its events. */
function beatsOf(view: ViewState): Beat[] {
  const timeline = traceView(view);
  const from = bucketOf(view.firstSeenMs - 60_000);
  return Array.from({ length: 60 }, (_, index) => beatOf(view, timeline, from + index * BUCKET_MS)).filter(
    (beat) => beat !== null,
  );
}

const sum = (beats: readonly Beat[], pick: (beat: Beat) => number) =>
  beats.reduce((total, beat) => total + pick(beat), 0);

describe("beats of the recorded views", () => {
  it.each(readdirSync(FOLDER).filter((name) => name.endsWith(".ndjson")))("%s add up to the view", (name) => {
    for (const view of foldRecording(name)) {
      const beats = beatsOf(view);
      const derived = recordOf({ view, timeline: traceView(view), device: NO_DEVICE, dropped: false });
      // a view that was told to end adds exactly what it lasted; one that broke off is taken to go on until it is silent
      if (traceView(view).endedAtMs !== null && !derived.playbackFailure) {
        expect(Math.abs(sum(beats, (beat) => beat.watchMs) - derived.watchMs)).toBeLessThanOrEqual(beats.length);
      }
      expect(Math.abs(sum(beats, (beat) => beat.rebufferMs) - derived.rebufferMs)).toBeLessThanOrEqual(beats.length);
      expect(beats.filter((beat) => beat.startupMs !== null).map((beat) => beat.startupMs)).toEqual(
        derived.startupMs === null ? [] : [Math.round(derived.startupMs)],
      );
      expect(beats.filter((beat) => beat.playbackFailure)).toHaveLength(Number(derived.playbackFailure));
      expect(beats.filter((beat) => beat.startupFailure)).toHaveLength(Number(derived.videoStartupFailure));
    }
  });
});

/** A view made of transitions at given client times; client and server clocks agree. */
function viewOf(events: readonly [name: string, atMs: number, fields?: Record<string, unknown>][]): ViewState {
  const view = createView("v", events[0]?.[1] ?? 0);
  events.forEach(([name, atMs, fields], index) => {
    const decoded = decodeEvent({ e: name, xid: "v", xsqno: index + 1, uti: atMs, ...fields });
    if (decoded.kind === "rejected") throw new Error(decoded.reason);
    foldEvent(view, decoded.event, { atMs, transmittedAtMs: atMs, context });
  });
  return view;
}

const T = 1_795_500_000_000;

describe("bitrate", () => {
  const bitratesFrom = (view: ViewState, bucketMs: number) =>
    beatsOf(view).flatMap((beat) => (beat.bucketMs >= bucketMs ? [beat.bitrate] : []));

  it("is the one at the bucket's end, whatever was told since", () => {
    const view = viewOf([
      ["viewstart", T],
      ["playing", T + 500],
      ["renditionchange", T + 1_000, { vsobi: 1_000_000 }],
      ["renditionchange", T + 12_000, { vsobi: 5_000_000 }],
      ["hb", T + 20_000],
    ]);
    expect(bitratesFrom(view, T).slice(0, 4)).toEqual([1_000_000, 1_000_000, 5_000_000, 5_000_000]);
  });

  it("is not known before anybody told it", () => {
    const view = viewOf([
      ["viewstart", T],
      ["playing", T + 500],
      ["renditionchange", T + 6_000, { vsobi: 1_000_000 }],
    ]);
    expect(bitratesFrom(view, T).slice(0, 3)).toEqual([0, 1_000_000, 1_000_000]);
  });
});

describe("concurrency", () => {
  const concurrentAt = (view: ViewState, bucketMs: number) =>
    beatOf(view, traceView(view), bucketMs)?.concurrent ?? false;

  it("begins with the wish to play, before any frame", () => {
    const view = viewOf([["viewstart", T + 1_000]]);
    expect(beatOf(view, traceView(view), T)).toMatchObject({ concurrent: true, startingUp: true, startAttempt: true });
  });

  it("leaves out players that were only loaded", () => {
    expect(beatsOf(viewOf([["playerready", T]]))).toEqual([]);
  });

  it("ends with a pause and comes back with play", () => {
    const view = viewOf([
      ["viewstart", T],
      ["playing", T + 500],
      ["pause", T + 6_000],
      ["play", T + 16_000],
    ]);
    expect([0, 5_000, 10_000, 15_000].map((ms) => concurrentAt(view, T + ms))).toEqual([true, false, false, true]);
  });

  it("ends 30 s after the last event", () => {
    const view = viewOf([
      ["viewstart", T],
      ["playing", T + 500],
    ]);
    expect(concurrentAt(view, T + 25_000)).toBe(true);
    expect(concurrentAt(view, T + 30_000)).toBe(false);
  });

  it("ends when one stall lasts longer than 5 minutes", () => {
    const heartbeats = Array.from({ length: 32 }, (_, index) => ["hb", T + 10_000 * (index + 1)] as [string, number]);
    const view = viewOf([["viewstart", T], ["playing", T + 100], ["rebufferstart", T + 5_000], ...heartbeats]);
    expect(concurrentAt(view, T + 295_000)).toBe(true);
    expect(concurrentAt(view, T + 305_000)).toBe(false);
  });

  it("ends with a fatal error, and not with a warning", () => {
    const start: [string, number][] = [
      ["viewstart", T],
      ["playing", T + 100],
    ];
    expect(concurrentAt(viewOf([...start, ["error", T + 1_000, { persy: "warning" }]]), T)).toBe(true);
    const failed = viewOf([...start, ["error", T + 1_000, { percd: 3 }]]);
    expect(beatOf(failed, traceView(failed), T)).toMatchObject({
      concurrent: false,
      playbackFailure: true,
      watchMs: 1_000,
    });
  });

  it("does not call a refusal on purpose a failure", () => {
    const refused = viewOf([
      ["viewstart", T],
      ["error", T + 1_000, { perbzez: true }],
    ]);
    expect(beatOf(refused, traceView(refused), T)).toMatchObject({ playbackFailure: false, startupFailure: false });
  });

  it("counts an exit only after a second of waiting", () => {
    const left = (ms: number) =>
      viewOf([
        ["viewstart", T],
        ["viewend", T + ms],
      ]);
    expect(beatOf(left(1_500), traceView(left(1_500)), T)).toMatchObject({ exitBeforeStart: true });
    expect(beatOf(left(900), traceView(left(900)), T)).toMatchObject({ exitBeforeStart: false });
  });

  it("never stalls longer than it watches, nor watches longer than the bucket", () => {
    const names = [
      "viewstart",
      "play",
      "playing",
      "pause",
      "rebufferstart",
      "rebufferend",
      "seeking",
      "seeked",
      "ended",
      "error",
    ];
    const events = fc.array(fc.tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 8_000 })), { maxLength: 30 });
    fc.assert(
      fc.property(events, (steps) => {
        let atMs = T;
        const view = viewOf(
          steps.map(([name, afterMs]) => {
            atMs += afterMs;
            return [name, atMs];
          }),
        );
        for (const beat of beatsOf(view)) {
          expect(beat.rebufferMs).toBeLessThanOrEqual(beat.watchMs + 1);
          expect(beat.watchMs).toBeLessThanOrEqual(BUCKET_MS);
        }
      }),
      { numRuns: Number(process.env["FC_RUNS"] ?? 200) },
    );
  });
});
