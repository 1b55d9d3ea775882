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
import { BASE_MS } from "./testing/play.ts";
import { trueView } from "./true-view.ts";

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
  video_source_bitrate: [500, 900, 0, null],
  video_source_width: [100, 200, 0],
  video_source_height: [100, 200, 0],
  view_program_changed: [true],
  view_total_content_playback_time: [0, 3_000],
  view_total_upscaling: [0, 900.5],
  view_max_upscale_percentage: [0, 0.5],
  player_view_count: [1, 2],
  request_start: [1_000, 1_020],
  request_response_start: [1_010, 1_050],
  request_response_end: [1_050, 1_060, 90_000_000],
  request_bytes_loaded: [0, 5_000, 1e300],
  request_type: ["media", "video", "manifest"],
  video_cdn: ["one", "two", "", null],
  view_average_request_latency: [33],
  page_load_time: [120],
  player_startup_time: [80],
};

const told = fc.dictionary(fc.constantFrom(...Object.keys(FIELDS)), fc.nat(3), { maxKeys: 4 }).map((picks) =>
  Object.fromEntries(
    Object.entries(picks).map(([name, pick]) => {
      const values = FIELDS[name] ?? [];
      return [name, values[pick % values.length] ?? null];
    }),
  ),
);

const nested = fc.constantFrom({}, ...["a", "b", "", 5].map((cdn) => ({ request_response_headers: { "x-cdn": cdn } })));
const step = fc.record({ name: fc.constantFrom(...NAMES), afterMs: fc.integer({ min: 0, max: 4_000 }), told, nested });
const end = fc.option(fc.record({ name: fc.constant("viewend"), afterMs: fc.nat(3_000), told, nested }), {
  nil: undefined,
});

/** Any events in any order, told as they happen; sound players never send most of these. Nothing follows a `viewend`. */
const anyView = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 24 }), end)
  .map(([steps, last]) => (last === undefined ? steps : [...steps, last]))
  .map((steps) => {
    let atMs = BASE_MS;
    return steps.map(({ name, afterMs, told: fields, nested: objects }, at): RawEvent => {
      atMs += afterMs;
      const times = { arrivedAtMs: atMs + 40, transmittedAtMs: atMs };
      return { name, sequence: at + 1, fields: { viewer_time: atMs, ...fields }, nested: objects, ...times };
    });
  });

/** What the product makes of the same events. */
function recorded(events: readonly RawEvent[]) {
  const state = createView("v", events[0]?.arrivedAtMs ?? 0);
  const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
  for (const { name, sequence, fields, nested: objects = {}, arrivedAtMs, transmittedAtMs } of events) {
    const event = { name, viewId: "v", sequence, fields, nested: objects };
    foldEvent(state, event, { atMs: arrivedAtMs, transmittedAtMs, context });
  }
  const timeline = traceView(state);
  const record = recordOf({ view: state, timeline, device: NO_DEVICE, dropped: timeline.endedAtMs === null });
  const values = Object.fromEntries(METRICS.map((metric) => [metric.id, metric.perView(record)]));
  return { values, cdns: [record.cdn, record.cdnTrace] };
}

it("agrees with the product on whatever a client may send, however senseless", { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(anyView, (events) => {
      const view = trueView({ viewId: "v", events, bot: false }, BASE_MS + 86_400_000);
      fc.pre(view.counted);
      const { values, cdns } = recorded(events);
      expect(cdns).toEqual([view.cdn, view.cdnTrace]);
      for (const [id, value] of Object.entries(values)) {
        const truth = view.values[id] ?? null;
        const same = value === truth || (value !== null && truth !== null && Math.abs(value - truth) <= 1e-9 * truth);
        expect([id, same ? truth : value]).toEqual([id, truth]);
      }
    }),
    { numRuns: Number(process.env["FC_RUNS"] ?? 1_500) },
  );
});
