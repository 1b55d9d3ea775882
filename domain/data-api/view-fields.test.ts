import { describe, expect, it } from "vitest";
import { DIMENSIONS } from "../metrics/dimensions.ts";
import { RECORD_ORIGINS } from "../view/record-origins.ts";
import { played } from "../view/testing/play.ts";
import type { ViewRecord } from "../view/view-record.ts";
import { VIEW_FIELDS, viewToWire } from "./view-fields.ts";

const record = played([
  ["viewstart", 0],
  ["play", 0, { video_title: "Film", viewer_user_id: "ada" }],
  ["playing", 1_500],
  ["viewend", 60_000],
]);
const told = (parts: Partial<ViewRecord> = {}) =>
  viewToWire({
    viewId: "v",
    firstSeenMs: 0,
    record: { ...record, ...parts },
    environment: { id: "abc123", number: 7 },
  });
const names = new Set(VIEW_FIELDS.map(({ name }) => name));

/** Of exports alone (data-api.md §6.1), or beyond what the record has. */
const NOT_IN_THE_RECORD = [
  ...["view_content_playing_time", "ad_playing_time", "ad_type_totals", "playback_mode_totals"],
  ...["view_upscaling_percentage", "view_downscaling_percentage"],
  ...Array.from({ length: 10 }, (_, at) => `custom_${at + 11}`),
];

describe("fields of the record", () => {
  it("have names of their own, in the record and in exports", () => {
    expect(names.size).toBe(193);
    expect(new Set(VIEW_FIELDS.map(({ exported }) => exported)).size).toBe(193);
  });

  it("are there for every part of a view that says so, and for every dimension", () => {
    const parts = Object.values(RECORD_ORIGINS).flatMap(({ api }) => (api === null || names.has(api) ? [] : [api]));
    expect(new Set(parts)).toEqual(new Set(NOT_IN_THE_RECORD));
    const dimensions = DIMENSIONS.map(({ viewField }) => viewField).filter((field) => !names.has(field));
    expect(dimensions.filter((field) => !NOT_IN_THE_RECORD.includes(field))).toEqual([]);
  });

  it("of a part say what the part does, or nothing where it is empty", () => {
    for (const { api } of Object.values(RECORD_ORIGINS))
      if (api !== null && names.has(api)) expect(told()).toHaveProperty(api);
    expect(told()).toMatchObject({
      video_title: "Film",
      viewer_user_id: "ada",
      video_series: null,
      time_to_first_frame: 1_500,
    });
  });

  it.each([
    [Date.UTC(2026, 10, 23, 0, 5), "12:05am UTC 2026-11-23"],
    [Date.UTC(2026, 10, 23, 9, 30), "9:30am UTC 2026-11-23"],
    [Date.UTC(2026, 10, 23, 12, 0), "12:00pm UTC 2026-11-23"],
    [Date.UTC(2026, 10, 23, 23, 59), "11:59pm UTC 2026-11-23"],
  ])("write the time for people", (viewStartMs, text) => {
    expect(told({ viewStartMs })["short_time"]).toBe(text);
  });

  it.each([
    [
      { browser: "Safari", browserVersion: "17", operatingSystem: "iOS", operatingSystemVersion: "17.1" },
      "Safari 17 on iOS 17.1",
    ],
    [{ browser: "Safari", browserVersion: "", operatingSystem: "", operatingSystemVersion: "1" }, "Safari"],
    [{ browser: "", browserVersion: "", operatingSystem: "tvOS", operatingSystemVersion: "" }, "tvOS"],
    [{ browser: "", browserVersion: "", operatingSystem: "", operatingSystemVersion: "" }, null],
  ])("describe the platform: %j", (parts, text) => {
    expect(told(parts)["platform_description"]).toBe(text);
  });

  it("give ratios only where there is something to divide by, and errors only of their kind", () => {
    expect(told({ watchMs: 0 })).toMatchObject({ rebuffer_percentage: null, buffering_rate: null });
    expect(told({ watchMs: 1_000_000, rebufferCount: 1 })["buffering_rate"]).toBe("0.000001");
    const kinds = told({ errorTypeId: 5, playbackBusinessException: true });
    expect(kinds).toMatchObject({ playback_business_exception_error_type_id: 5, playback_failure_error_type_id: null });
    expect([
      told({ asn: 0 })["asn"],
      told({ country: "XX" })["country_name"],
      told({ country: "" })["country_name"],
    ]).toEqual([null, null, null]);
    expect(told({ longestRebufferMs: 300_000 })["long_rebuffering"]).toBe(true);
  });
});
