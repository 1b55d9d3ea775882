import { describe, expect, it } from "vitest";
import { played } from "../view/testing/play.ts";
import type { ViewRecord } from "../view/view-record.ts";
import { EXPORT_COLUMNS, EXPORT_HEADER, exportLine } from "./export-columns.ts";

const RECORD = played([
  ["viewstart", 0],
  ["playing", 500],
  ["viewend", 10_500],
]);

/** The cells of a view by column. */
function cells(parts: Partial<ViewRecord>): Record<string, string> {
  const environment = { id: "abc123", number: 7 };
  const line = exportLine({ viewId: "v-1", firstSeenMs: 0, record: { ...RECORD, ...parts }, environment });
  expect(line.endsWith("\r\n")).toBe(true);
  const found = line.slice(0, -2).match(/("(?:[^"]|"")*"|[^,"]*)(?:,|$)/g) ?? [];
  const texts = found.map((text) => text.replace(/,$/, "")).slice(0, EXPORT_COLUMNS.length);
  return Object.fromEntries(EXPORT_COLUMNS.map((name, at) => [name, texts[at] ?? "missing"]));
}

describe("columns of an export", () => {
  it("have the names of version 2, each once, in the order of the alphabet", () => {
    expect([...EXPORT_COLUMNS].sort()).toEqual(EXPORT_COLUMNS);
    expect(new Set(EXPORT_COLUMNS).size).toBe(EXPORT_COLUMNS.length);
    expect(EXPORT_HEADER.startsWith("ad_attempt_count,ad_break_count,")).toBe(true);
    const named = `browser browser_version country operating_system operating_system_version stream_type source_hostname
      source_type error_type video_startup_time rebuffer_count rebuffer_duration rebuffer_frequency rebuffer_percentage
      smoothness_score startup_time_score playback_success_score video_quality_score viewer_experience_score
      max_upscale_percentage max_downscale_percentage view_upscaling_percentage view_downscaling_percentage request_latency
      max_request_latency request_throughput custom_20 view_id property_id ad_type_totals`;
    expect(named.split(/\s+/).filter((name) => !EXPORT_COLUMNS.includes(name))).toEqual([]);
    const former = [
      "viewer_application_name",
      "buffering_count",
      "time_to_first_frame",
      "country_code",
      "events",
      "isp",
    ];
    expect(former.filter((name) => EXPORT_COLUMNS.includes(name))).toEqual([]);
  });

  it("hold a view's values as plain text", () => {
    expect(
      cells({
        ...{ videoTitle: 'Tea, "at" four', browser: "", latitude: null, cdnTrace: ["a", "b"], playbackFailure: true },
        ...{ rebufferMs: 1_500, watchMs: 6_000, rebufferCount: 3, startupTimeScore: 3e-7, errorTypeId: 9 },
        ...{
          playbackModes: [
            { mode: "pip", data: "", playingMs: 5 },
            { mode: "pip", data: "{}", playingMs: 6 },
          ],
        },
      }),
    ).toMatchObject({
      ...{ view_id: "v-1", environment_id: "abc123", property_id: "7", browser: "", latitude: "", watch_time: "6000" },
      ...{ video_title: '"Tea, ""at"" four"', video_cdn_trace: '"[""a"",""b""]"', playback_failure: "true" },
      ...{
        rebuffer_percentage: "0.25",
        rebuffer_frequency: "0.0005",
        startup_time_score: "0.0000003",
        error_type: "9",
      },
      ...{ playback_failure_error_type_id: "9", playback_business_exception_error_type_id: "", ad_type_totals: "" },
      ...{ view_start: new Date(RECORD.viewStartMs).toISOString(), view_dropped: "false" },
      playback_mode_totals: '"{""pip"":{""total_playing_time_ms"":11}}"',
    });
  });

  it("keep lines of a text in their cell", () => {
    expect(cells({ errorMessage: "one\r\ntwo" })["player_error_message"]).toBe('"one\r\ntwo"');
  });
});
