import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEvent } from "../wire/decode-events.ts";
import { encodeKey } from "../wire/decode-key.ts";
import type { ErrorCategory } from "./error-category.ts";
import { type Arrival, foldEvent } from "./fold.ts";
import { foldAsset, type NamedAsset } from "./named-asset.ts";
import { recordOf } from "./record/record-of.ts";
import { NO_DEVICE } from "./testing/no-device.ts";
import { traceView } from "./timeline.ts";
import { createView, restoreView, serializeView, TRANSITIONS, type ViewState } from "./view-state.ts";

const T = 1_795_500_000_000;
const context = { address: "", country: "DE", userAgent: "", referrer: "", retentionDays: 90 };

type Sent = readonly [fields: Record<string, unknown>, arrival: Arrival, asset?: NamedAsset];

/** An event as a client sends it; on time unless told otherwise. */
function sent(sequence: number, name: string, atMs: number, fields: Record<string, unknown> = {}): Sent {
  const arrival = { atMs, transmittedAtMs: atMs, context };
  return [{ e: name, xid: "v", xsqno: sequence, uti: atMs, ...fields }, arrival];
}

/** The same, of an error that its environment has a category for. */
function categorised([fields, arrival]: Sent, category: ErrorCategory): Sent {
  return [fields, { ...arrival, errorCategories: { [fields["xsqno"] as number]: category } }];
}

function viewOf(events: readonly Sent[]): ViewState {
  const view = createView("v", T);
  foldInto(view, events);
  return view;
}

function foldInto(view: ViewState, events: readonly Sent[]): void {
  for (const [fields, arrival, asset] of events) {
    const decoded = decodeEvent(fields);
    if (decoded.kind === "rejected") throw new Error(decoded.reason);
    foldEvent(view, decoded.event, arrival);
    if (asset !== undefined) foldAsset(view, asset, arrival.atMs);
  }
}

const comparable = (view: ViewState) => ({
  ...view,
  fields: new Map([...view.fields].sort()),
  initials: new Map([...view.initials].sort()),
});

/** Values of all kinds, of every field that folding treats in its own way. */
const told = fc.dictionary(
  fc
    .constantFrom(
      ...["video_title", "video_cdn", "player_playhead_time", "player_error_code", "player_error_severity", "custom_1"],
      ...[
        "video_source_bitrate",
        "video_source_width",
        "video_source_height",
        "video_source_fps",
        "video_source_codec",
      ],
      ...["video_codec", "player_playback_mode", "player_playback_mode_data", "player_is_fullscreen", "ad_type"],
      ...["player_text_track_enabled", "player_pip_enabled", "player_program_time", "ad_tag_url", "request_type"],
      ...["request_bytes_loaded", "request_start", "request_response_start", "request_response_end"],
      "view_program_changed",
    )
    .map(encodeKey),
  fc.oneof(
    fc.integer({ min: -10, max: 5_000 }),
    fc.integer({ min: T - 500_000, max: T + 50_000 }),
    fc.constantFrom(2 ** 53 - 1, 2 ** 60, 1e300, -1e300, 0.1),
    fc.constantFrom(true, false, null, "", "a", "true", "warning", "midroll", "pip", "media"),
  ),
);
const recordOfView = (view: ViewState) =>
  recordOf({ view, timeline: traceView(view), device: NO_DEVICE, dropped: false });
const derived = (events: readonly Sent[]) => recordOfView(viewOf(events));

describe("foldEvent", () => {
  it("gives the same view for any order and repetition of single events", { timeout: 300_000 }, () => {
    const names = fc.constantFrom(...TRANSITIONS, "hb", "requestcompleted", "requestfailed");
    const event = fc.record({
      name: names,
      ageMs: fc.integer({ min: 0, max: 200_000 }),
      country: fc.constantFrom("DE", "AT", ""),
      delayMs: fc.integer({ min: 0, max: 90_000 }),
      asset: fc.option(fc.record({ assetId: fc.constantFrom("a", "b"), title: fc.constantFrom("", "Tea", "Coffee") })),
      category: fc.option(
        fc.record<ErrorCategory>({
          severity: fc.constantFrom("fatal", "warning"),
          type: fc.constantFrom("playback_failure", "business_exception"),
        }),
      ),
      fields: told,
      cdn: fc.constantFrom("one", "two", ""),
    });
    const events = fc.array(event, { minLength: 1, maxLength: 40 }).map((list) =>
      list.map(({ name, ageMs, country, delayMs, asset, category, fields, cdn }, index): Sent => {
        const sentAtMs = T + index * 1_000;
        const sequence = index + 1;
        const times = { atMs: sentAtMs + delayMs, transmittedAtMs: sentAtMs };
        const errorCategories = category === null ? undefined : { [sequence]: category };
        const arrival = { ...times, context: { ...context, country }, errorCategories };
        const body = { ...fields, qrphe: { "x-cdn": cdn }, e: name, xid: "v", xsqno: sequence, uti: sentAtMs - ageMs };
        return asset === null ? [body, arrival] : [body, arrival, { sequence, ...asset }];
      }),
    );
    const shuffled = events.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: 2 * list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, order]) => {
        const [straight, mixed] = [viewOf(list), viewOf(order)];
        expect(comparable(mixed)).toEqual(comparable(straight));
        expect(recordOfView(restoreView(serializeView(mixed)))).toEqual(recordOfView(straight));
      }),
      { numRuns: Number(process.env["FC_RUNS"] ?? 200) },
    );
  });

  it.each([
    ["before", 400],
    ["after", 3],
  ])("knows the failure that ended a view though hundreds of warnings came %s it", (_, failedAs) => {
    const warnings = Array.from({ length: 300 }, (_, index) =>
      sent(index + 10, "error", T + 100, { persy: "warning" }),
    );
    const failure = sent(failedAs, "error", T + 100, { percd: "end" });
    const events = [sent(1, "viewstart", T), sent(2, "playing", T + 50), ...warnings, failure];
    expect(derived(events)).toMatchObject({ playbackFailure: true, errorCode: "end" });
    expect(comparable(viewOf(events.toReversed()))).toEqual(comparable(viewOf(events)));
  });

  it("knows the failure that ended a view though a category calls it one, and hundreds of others warnings", () => {
    const warning = { severity: "warning", type: "playback_failure" } as const;
    const others = Array.from({ length: 300 }, (_, index) => categorised(sent(index + 10, "error", T + 100), warning));
    const failure = categorised(sent(3, "error", T + 100, { percd: "end", persy: "warning" }), {
      ...{ severity: "fatal", type: "playback_failure" },
    });
    const events = [sent(1, "viewstart", T), sent(2, "playing", T + 50), ...others, failure];
    expect(derived(events)).toMatchObject({ playbackFailure: true, errorCode: "end" });
    expect(comparable(viewOf(events.toReversed()))).toEqual(comparable(viewOf(events)));
  });

  it("goes by what an error's category was when it first came", () => {
    const refusal = { severity: "fatal", type: "business_exception" } as const;
    const start = [sent(1, "viewstart", T), sent(2, "playing", T + 50)];
    const plain = sent(3, "error", T + 100);
    const [failed, refused] = [derived([...start, plain]), derived([...start, categorised(plain, refusal)])];
    expect([failed.playbackFailure, failed.playbackBusinessException]).toEqual([true, false]);
    expect([refused.playbackFailure, refused.playbackBusinessException]).toEqual([false, true]);
    expect(derived([...start, plain, categorised(plain, refusal)])).toEqual(failed);
    expect(derived([...start, categorised(plain, refusal), plain])).toEqual(refused);
  });

  it("goes by the category of that error alone", () => {
    const [body, arrival] = sent(3, "error", T + 100);
    const errorCategories = { 2: { severity: "warning", type: "playback_failure" } } as const;
    const events: Sent[] = [sent(1, "viewstart", T), sent(2, "playing", T), [body, { ...arrival, errorCategories }]];
    expect(derived(events)).toMatchObject({ playbackFailure: true });
    const [playing, arrived] = sent(2, "playing", T + 50);
    expect(derived([sent(1, "viewstart", T), [playing, { ...arrived, errorCategories }]])).toMatchObject({
      startupMs: 50, // of an event that is no error it means nothing
    });
  });

  it("does not let one absurd time of a client that tells no sending time move the whole view", () => {
    const roku = (sequence: number, name: string, atMs: number, fields = {}): Sent => {
      const [body, arrival] = sent(sequence, name, atMs, fields);
      return [body, { ...arrival, transmittedAtMs: null }];
    };
    const view = viewOf([roku(1, "play", T), roku(2, "hb", T + 1_000, { uti: 4e12 }), roku(3, "playing", T + 2_000)]);
    expect(view).toMatchObject({ clockOffsetMs: 0, clampedTimes: 1, activityMs: [T, T + 1_000, T + 2_000] });
    expect(recordOfView(view)).toMatchObject({
      startupMs: 2_000,
      viewEndMs: T + 2_000,
    });
  });

  it("stays small and quick when a hostile client leaves gaps and sends backwards", () => {
    const count = 60_000;
    const events = Array.from({ length: count }, (_, index) => sent(2 * (count - index), "hb", T));
    const view = viewOf(events);
    expect(view.sequences.length).toBeLessThanOrEqual(10_000);
    expect(view.sequences.at(-1)).toEqual([2 * count, 2 * count]);
  });

  it("remembers a bounded length of its errors", () => {
    const fields = { percd: "c".repeat(500), perme: "m".repeat(8_000), percz: "s".repeat(8_000) };
    const view = viewOf(Array.from({ length: 150 }, (_, at) => sent(at + 1, "error", T + at, fields)));
    expect([view.errors.length, view.overflow]).toEqual([100, 50]);
    expect(JSON.stringify(view.errors).length).toBeLessThan(600_000);
    expect(recordOfView(view).errorContext).toBe("s".repeat(4_096));
  });

  it("remembers a bounded number of fields, the same ones in any order", () => {
    const events = Array.from({ length: 20 }, (_, index) =>
      sent(
        index + 1,
        "hb",
        T,
        Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`x_f${index * 500 + at}_`, at])),
      ),
    );
    const names = (list: readonly Sent[]) => [...viewOf(list).fields].map(([name]) => name).sort();
    expect(names(events).length).toBe(512);
    expect(names(events.toReversed())).toEqual(names(events));
  });
});

describe("lists of a state", () => {
  it("keep the same marks and live distances in any order, and no more than there is room for", () => {
    const count = 1_500;
    const events = Array.from({ length: count }, (_, index) =>
      sent(index + 1, "hb", T + index, { vsobi: index + 1, vsocc: "avc1", ppgti: T - index * 1_000 }),
    );
    const view = viewOf(events);
    expect([view.marks.length, view.latencyBins.length, view.overflow]).toEqual([1_000, 400, 500]);
    expect(comparable(viewOf(events.toReversed()))).toEqual(comparable(view));
  });

  it("cost an event no more once they are full of what another order would have kept", () => {
    const mark = (sequence: number, fields: object) => sent(sequence, "renditionchange", T + sequence, { ...fields });
    const later = Array.from({ length: 18_000 }, (_, at) => mark(100_000 + at, { vsobi: 1 }));
    const texts = Array.from({ length: 6_000 }, (_, at) => mark(1 + at, { vsocc: "avc1" }));
    const view = viewOf([...later, ...texts.slice(0, 1_000)]);
    const usual = viewOf([]);
    const [takesMs, usuallyMs] = [view, usual].map((each) => {
      const startedMs = performance.now();
      foldInto(each, texts.slice(1_000));
      return performance.now() - startedMs;
    }) as [number, number];
    expect([view.marks.length, view.overflow]).toEqual([19_000, 5_000]);
    expect(takesMs / usuallyMs).toBeLessThan(5);
    expect(restoreView(serializeView(view)).markTexts).toEqual(view.markTexts);
    expect(view.markTexts).toEqual({ count: 1_000, last: 1_000 });
    expect(comparable(viewOf([...texts.toReversed(), ...later])).marks).toEqual(view.marks);
  });

  it("follow a player that tells its bitrate with every request, for hours", () => {
    const bitrates = Array.from({ length: 5_000 }, (_, index) =>
      sent(index + 3, "renditionchange", T + index * 4_000, { vsobi: index < 4_000 ? 800_000 : 400_000 }),
    );
    const events = [sent(1, "play", T), sent(2, "playing", T), ...bitrates];
    const [view, mixed] = [viewOf(events), viewOf(events.toReversed())];
    expect(recordOfView(view)).toMatchObject({
      renditionDownshiftCount: 1,
      renditions: [{ bitrate: 800_000, playingMs: 16_000_000 }, { bitrate: 400_000 }],
    });
    expect([view.overflow, view.transitions.length]).toEqual([0, 2]);
    expect(comparable(mixed)).toEqual(comparable(view));
  });
});

describe("start-up", () => {
  it("takes as long as somebody waited, not what a pause before the first frame lasted", () => {
    const events = [
      sent(1, "viewstart", T),
      sent(2, "pause", T + 400),
      sent(3, "play", T + 600_000),
      sent(4, "playing", T + 600_300),
    ];
    expect(derived(events)).toMatchObject({ startupMs: 700, watchMs: 700 });
  });

  it("is unknown, not nothing, where the view's beginning was never told", () => {
    const events = [sent(7, "playing", T), sent(8, "pause", T + 5_000)];
    expect(derived(events)).toMatchObject({ startupMs: null, watchMs: 5_000, exitBeforeVideoStart: false });
    expect(derived([sent(1, "viewstart", T - 300), ...events])).toMatchObject({ startupMs: 300, watchMs: 5_300 });
  });
});
