import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RECORD_COLUMNS } from "../record-columns.ts";
import { type Moment, played } from "../testing/play.ts";
import type { ViewRecord } from "../view-record.ts";
import { TRANSITIONS } from "../view-state.ts";

const RUNS = Number(process.env["FC_RUNS"] ?? 300);
const TIMEOUT_MS = 300_000;

/** Anything in any order, on a clock that may go back and claim anything. */
const moment = fc.tuple(
  fc.constantFrom(...TRANSITIONS, "hb", "requestcompleted", "requestfailed"),
  fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.constantFrom(0, 1_000, -4e11, 4e11)),
  fc.dictionary(
    fc.constantFrom(
      ...["player_playhead_time", "video_source_bitrate", "video_source_height", "view_total_upscaling", "ad_type"],
      ...[
        "view_total_content_playback_time",
        "view_max_upscale_percentage",
        "player_error_severity",
        "mux_sample_rate",
      ],
      ...["request_start", "request_response_start", "request_response_end", "request_bytes_loaded", "viewer_time"],
      ...["player_program_time", "player_playback_mode", "video_playback_range", "view_start", "player_width"],
    ),
    fc.oneof(fc.double(), fc.integer(), fc.constantFrom("midroll", "warning", '["0:1"]', null, true)),
    { maxKeys: 4 },
  ),
);
const wild = fc
  .array(moment, { minLength: 1, maxLength: 40 })
  .map((moments): Moment[] => moments.map(([name, at, told]) => [name, at, told]));
/** The same on a clock that only goes on, as a client's does that nobody sets. */
const orderly = wild.map((moments): Moment[] => {
  const times = moments.map(([, at]) => Math.abs(at) % 100_000).sort((a, b) => a - b);
  return moments.map(([name, , { viewer_time: _, ...told } = {}], index) => [name, times[index] ?? 0, told]);
});

function expectSound(record: ViewRecord): void {
  for (const [part, value] of Object.entries(record)) {
    if (typeof value !== "number") continue;
    const isAmount = /Ms$|Count$/.test(part) && !/^view(Start|End)|^lastSeen/.test(part);
    const isSound = Number.isFinite(value) && (!isAmount || value >= 0) && (!part.endsWith("Score") || value <= 1);
    if (!isSound) expect([part, value]).toEqual([part, "a sound number"]);
  }
}

function expectTimesFit(record: ViewRecord): void {
  const { watchMs, playingMs, contentPlayingMs, adPlayingMs, rebufferMs, longestRebufferMs, startupMs } = record;
  expect(playingMs).toBe(contentPlayingMs + adPlayingMs);
  expect(playingMs + rebufferMs).toBeLessThanOrEqual(watchMs + 4); // each is rounded
  expect(longestRebufferMs).toBeLessThanOrEqual(rebufferMs);
  expect(startupMs ?? 0).toBeLessThanOrEqual(watchMs);
  const playedMs = (spans: readonly { playingMs: number }[]) => spans.reduce((sum, span) => sum + span.playingMs, 0);
  expect(Math.abs(playedMs(record.renditions) - contentPlayingMs)).toBeLessThanOrEqual(record.renditions.length + 1);
  expect(Math.abs(playedMs(record.playbackModes) - playingMs)).toBeLessThanOrEqual(record.playbackModes.length + 4);
}

describe("recordOf", () => {
  it(
    "comes to a sound record whatever is sent",
    () => {
      fc.assert(
        fc.property(wild, (moments) => {
          const record = played(moments);
          expect(Object.keys(record).sort()).toEqual(Object.keys(RECORD_COLUMNS).sort());
          expectSound(record);
          const { adAttemptCount, adImpressionCount, adStartupErrorCount, adExitBeforeStartCount } = record;
          expect(adImpressionCount + adStartupErrorCount + adExitBeforeStartCount).toBeLessThanOrEqual(adAttemptCount);
          expect(record.adBreakErrorCount).toBeLessThanOrEqual(Math.min(record.adBreakCount, record.adErrorCount));
          expect(record.playbackFailure && record.exitBeforeVideoStart).toBe(false);
          expect(record.contentPlaybackFailure !== record.adPlaybackFailure).toBe(record.playbackFailure);
          expect(record.viewEndMs).toBeGreaterThanOrEqual(record.viewStartMs);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    "divides the time of watching without remainder where the clock goes on",
    () => {
      fc.assert(
        fc.property(orderly, (moments) => expectTimesFit(played(moments))),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
});
