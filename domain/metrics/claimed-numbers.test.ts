import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldEvent } from "../view/fold.ts";
import { recordOf } from "../view/record/record-of.ts";
import { NO_DEVICE } from "../view/testing/no-device.ts";
import { T } from "../view/testing/play.ts";
import { traceView } from "../view/timeline.ts";
import type { ViewRecord } from "../view/view-record.ts";
import { createView } from "../view/view-state.ts";
import type { FieldValue } from "../wire/decode-events.ts";
import type { Metric, Unit } from "./metric.ts";
import { METRICS } from "./metrics.ts";

/** What no view can be beyond, by unit; `docs/view-record.md` has the bound of each field. */
const MOST: Readonly<Record<Unit, number>> = {
  count: 20_000,
  milliseconds: 4 * 86_400_000,
  ratio: 1,
  score: 1,
  bits_per_second: 1e11,
  per_minute: 20_000 * 60_000, // as many stalls as are kept, in a view of one millisecond
};
/** Stretching has no bound of its own. */
const MOST_STRETCHED = 1_000;

const NAMES = ["viewstart", "playing", "pause", "rebufferstart", "rebufferend", "seeking", "seeked", "hb"] as const;
const MORE_NAMES = [
  "adbreakstart",
  "adplay",
  "adplaying",
  "adbreakend",
  "renditionchange",
  "requestcompleted",
] as const;
/** All that a client claims and some metric is made of, and some more. */
const FIELDS = [
  ...["video_source_bitrate", "video_source_width", "video_source_height", "video_source_fps"],
  ...["view_total_content_playback_time", "view_total_upscaling", "view_total_downscaling"],
  ...["view_max_upscale_percentage", "view_max_downscale_percentage"],
  ...["page_load_time", "player_startup_time", "view_aggregate_startup_time"],
  ...["view_startup_preroll_request_time", "view_startup_preroll_load_time", "view_preroll_request_count"],
  ...["view_ad_request_count", "view_ad_played_count", "view_request_count", "view_max_request_latency"],
  ...["view_average_request_latency", "view_average_request_throughput"],
  ...["request_start", "request_response_start", "request_response_end", "request_bytes_loaded"],
  ...["player_program_time", "player_playhead_time", "mux_sample_rate"],
] as const;

const number = fc.oneof(
  fc.constantFrom(0, -0, 1, 2.5, -1, -1e300, 1e300, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53, T, Infinity, NaN),
  fc.double(),
  fc.integer({ min: 0, max: 5_000 }),
);
const event = fc.record({
  name: fc.constantFrom(...NAMES, ...MORE_NAMES),
  /** How far the client's clock leaps, both in what it tells of events and of sending. */
  leapMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -1e12, max: 8e15 - T })),
  fields: fc.dictionary(fc.constantFrom(...FIELDS), number, { maxKeys: 6 }),
});
const events = fc.array(event, { minLength: 1, maxLength: 30 });

interface Claim {
  name: string;
  leapMs: number;
  fields: Readonly<Record<string, FieldValue>>;
}

/** An event a second, each sent at once. */
function claimed(claims: readonly Claim[]): ViewRecord {
  const view = createView("v", T);
  const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
  const first = { name: "playing", leapMs: 0, fields: { player_view_count: 1 } }; // the client's counters stand, too
  for (const [index, { name, leapMs, fields }] of [first, ...claims].entries()) {
    const atMs = T + index * 1_000;
    const told = { ...fields, viewer_time: atMs + leapMs };
    const arrival = { atMs, transmittedAtMs: Math.max(0, atMs + leapMs), context };
    foldEvent(view, { name, viewId: "v", sequence: index + 1, fields: told, nested: {} }, arrival);
  }
  return recordOf({ view, timeline: traceView(view), device: NO_DEVICE, dropped: false });
}

function mostOf({ id, unit }: Metric): number {
  return id.includes("upscale") ? MOST_STRETCHED : MOST[unit];
}

describe("no number that a client may claim", () => {
  it("makes a value of a view that would spoil an average", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(events, (claims) => {
        const record = claimed(claims);
        for (const metric of METRICS) {
          const value = metric.perView(record);
          const isPossible = value === null || (value >= 0 && value <= mostOf(metric));
          if (!isPossible) expect([metric.id, value]).toEqual([metric.id, "a value that can be"]);
        }
        for (const { bitrate } of record.renditions) expect(bitrate).toBeLessThanOrEqual(MOST.bits_per_second);
        expect(1 / record.sampleRate).toBeLessThanOrEqual(1_000_000);
      }),
      { numRuns: Number(process.env["FC_RUNS"] ?? 1_000) },
    );
  });

  it("hides the sound one that came before or after", () => {
    const told = (fields: Claim["fields"]): Claim => ({ name: "renditionchange", leapMs: 0, fields });
    const record = claimed([
      told({ video_source_width: 1e300, video_source_bitrate: 1e300 }),
      told({ video_source_width: 640, video_source_bitrate: 900_000 }),
      told({}),
    ]);
    expect(record).toMatchObject({ videoSourceWidthInitialPx: 640, videoSourceBitrateInitial: 900_000 });
    expect(record.averageBitrate).toBe(900_000);
  });
});
