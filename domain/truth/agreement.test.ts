import fc from "fast-check";
import { expect, it } from "vitest";
import { METRICS } from "../metrics/metrics.ts";
import { foldEvent } from "../view/fold.ts";
import { recordOf } from "../view/record/record-of.ts";
import { NO_DEVICE } from "../view/testing/no-device.ts";
import { traceView } from "../view/timeline.ts";
import { createView } from "../view/view-state.ts";
import type { FieldValue } from "../wire/decode-events.ts";
import type { RawEvent } from "./raw-view.ts";
import { BASE_MS, type Moment, rawEvents } from "./testing/play.ts";
import { type TrueView, trueView } from "./true-view.ts";

const NAMES = [
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
  "adbreakstart",
  "adbreakend",
  "adrequest",
  "adplay",
  "adplaying",
  "adpause",
  "adended",
  "aderror",
  "adskipped",
  "devicesleep",
  "devicewake",
  "renditionchange",
  "hb",
  "requestcompleted",
  "cdnchange",
] as const;

const FIELDS: Readonly<Record<string, readonly FieldValue[]>> = {
  player_error_severity: ["warning", "fatal"],
  player_error_business_exception: [true, false],
  player_playhead_time: [0, 900, 5_000],
  ad_type: ["preroll", "midroll", ""],
  video_source_bitrate: [500, 900, 0, null, 4e9, 4e9 + 1, 1e300],
  video_source_width: [100, 200, 0, 65_536, 65_537, 1e300],
  video_source_height: [100, 200, 0, -5, 1e300],
  view_program_changed: [true],
  video_playback_range: ['["0:4000","2000:9000"]', '["0:500.5","7:7","30000:20000","9', "[]", ""],
  video_source_duration: [10_000.4, 0, null, 0.3, 1e300],
  video_duration: [8_000, 0],
  video_stream_type: ["on-demand", "on-demand", "LL-Live", "dvr"],
  view_total_content_playback_time: [0, 3_000, 1e300],
  view_total_upscaling: [0, 900.5, 3e6, 3e6 + 1, 1.7e308],
  view_total_downscaling: [0, 900.5, 3_000, 3_001],
  view_max_upscale_percentage: [0, 0.5, 1_000, 1_000.5, 1.7e308],
  view_max_downscale_percentage: [0, 1, 1.5],
  player_view_count: [1, 2],
  request_start: [1_000, 1_020],
  request_response_start: [1_010, 1_050],
  request_response_end: [1_050, 1_060, 90_000_000],
  request_bytes_loaded: [0, 5_000, 1e11, 1e12, 1e300],
  request_type: ["media", "video", "manifest"],
  video_cdn: ["one", "two", "", null],
  view_average_request_latency: [33, 86_400_001],
  view_max_request_latency: [90, 86_400_000, 1e300],
  view_average_request_throughput: [5e6, 1e11, 1e12],
  view_ad_played_count: [0, 2, 20_000, 20_001],
  view_startup_preroll_request_time: [300, 1e300],
  view_startup_preroll_load_time: [400, -1],
  view_preroll_request_count: [2, 1e9],
  page_load_time: [120, 86_400_000, 1e300],
  player_startup_time: [80, 1.8e12],
  view_aggregate_startup_time: [700, 1.8e12],
};

const told = fc.dictionary(fc.constantFrom(...Object.keys(FIELDS)), fc.nat(6), { maxKeys: 4 }).map((picks) =>
  Object.fromEntries(
    Object.entries(picks).map(([name, pick]) => {
      const values = FIELDS[name] ?? [];
      return [name, values[pick % values.length] ?? null];
    }),
  ),
);

const nested = fc.constantFrom({}, ...["a", "b", "", 5].map((cdn) => ({ request_response_headers: { "x-cdn": cdn } })));
/** Of most errors the environment says nothing. */
const category = fc.option(
  fc.record({
    severity: fc.constantFrom("fatal" as const, "warning" as const),
    type: fc.constantFrom("playback_failure" as const, "business_exception" as const),
  }),
  { nil: undefined },
);
const DAY_MS = 86_400_000;
/** What is put on the client's clock from here on. */
const leapMs = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  fc.constantFrom(-1, -500, -6_000, -3_600_000, 3_000, DAY_MS, DAY_MS + 5_000, 56 * 365 * DAY_MS, 8e15 - BASE_MS),
);
const step = fc.record({
  ...{ name: fc.constantFrom(...NAMES), afterMs: fc.integer({ min: 0, max: 4_000 }), told, nested, leapMs, category },
});
const end = fc.option(
  fc.record({ name: fc.constant("viewend"), afterMs: fc.nat(3_000), told, nested, leapMs, category }),
  {
    nil: undefined,
  },
);

/** Any events in any order, told as they happen; sound players never send most of these. Nothing follows a `viewend`. */
const anyView = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 24 }), end)
  .map(([steps, last]) => (last === undefined ? steps : [...steps, last]))
  .map((steps) => {
    let [atMs, offMs] = [BASE_MS, 0];
    return steps.map(({ name, afterMs, told: fields, nested: objects, leapMs: more, category }, at) => {
      atMs += afterMs;
      offMs = Math.min(offMs + more, 8e15 - BASE_MS);
      const times = { arrivedAtMs: atMs + 40, transmittedAtMs: atMs + offMs };
      return {
        name,
        sequence: at + 1,
        fields: { viewer_time: atMs + offMs, ...fields },
        nested: objects,
        category,
        ...times,
      };
    });
  });

/** What the product makes of the same events. */
function recorded(events: readonly RawEvent[]) {
  const state = createView("v", events[0]?.arrivedAtMs ?? 0);
  const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
  for (const { name, sequence, fields, nested: objects = {}, category, arrivedAtMs, transmittedAtMs } of events) {
    const event = { name, viewId: "v", sequence, fields, nested: objects };
    const errorCategories = category && { [sequence]: category };
    foldEvent(state, event, { atMs: arrivedAtMs, transmittedAtMs, context, errorCategories });
  }
  const timeline = traceView(state);
  const record = recordOf({ view: state, timeline, device: NO_DEVICE, dropped: timeline.endedAtMs === null });
  const values = Object.fromEntries(METRICS.map((metric) => [metric.id, metric.perView(record)]));
  return { values, cdns: [record.cdn, record.cdnTrace] };
}

/** What both make of the events; fails where they differ. */
function agreed(events: readonly RawEvent[]): TrueView {
  const view = trueView({ viewId: "v", events, bot: false }, BASE_MS + DAY_MS);
  fc.pre(view.counted);
  const { values, cdns } = recorded(events);
  expect(cdns).toEqual([view.cdn, view.cdnTrace]);
  for (const [id, value] of Object.entries(values)) {
    const truth = view.values[id] ?? null;
    const same = value === truth || (value !== null && truth !== null && Math.abs(value - truth) <= 1e-9 * truth);
    expect([id, same ? truth : value]).toEqual([id, truth]);
  }
  return view;
}

it("agrees with the product on whatever a client may send, however senseless", { timeout: 300_000 }, () => {
  const numRuns = Number(process.env["FC_RUNS"] ?? 1_500);
  fc.assert(
    fc.property(anyView, (events) => void agreed(events)),
    { numRuns },
  );
});

/** Events one after the other, on a clock that is set back in the midst of them. */
function setBack(...moments: readonly Moment[]): RawEvent[] {
  return rawEvents(moments).map((event, at) => ({ ...event, arrivedAtMs: BASE_MS + at }));
}

const HOUR_MS = 3_600_000;

// Views on which the two once differed.
it.each<readonly [string, Record<string, number>, readonly Moment[]]>([
  [
    "a wait is the difference of what its two events tell, also where the span between begins later",
    { ad_preroll_startup_time: 1 },
    [
      ["ended", 0],
      ["adbreakstart", 0],
      ["playing", -HOUR_MS],
      ["adbreakstart", -HOUR_MS],
      ["adplaying", 1 - HOUR_MS],
    ],
  ],
  [
    "a break after the first pre-roll is not the one it was waited for in",
    { ad_preroll_startup_time: 0 },
    [
      ["adrequest", 0, { ad_type: "preroll" }],
      ["ended", 0],
      ["adplaying", 0],
      ["playing", -6_000],
      ["adplay", -6_000],
    ],
  ],
  [
    "a break without a beginning is over with its ad, also where another ad takes its place",
    { playing_time: 0, ad_break_count: 2 },
    [
      ["adplay", 0],
      ["adplay", 1],
      ["playing", 1 - HOUR_MS],
    ],
  ],
  [
    "a pause while no ad is under way is no pause of the next one",
    { playing_time: 0, ad_break_count: 2 },
    [
      ["adpause", 0],
      ["adplay", 0],
      ["adplay", 1],
      ["playing", -1_999],
    ],
  ],
])("%s", (_, expected, moments) => {
  expect(agreed(setBack(...moments)).values).toMatchObject(expected);
});
