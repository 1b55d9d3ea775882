import { describe, expect, it } from "vitest";
import { errorTypeId } from "../view/record/errors-of.ts";
import { played } from "../view/testing/play.ts";
import { eventDetails } from "./event-details.ts";

describe("details of an event", () => {
  it("of an error are its group, its texts, and how bad it is", () => {
    const fields = { player_error_code: 4, player_error_message: "no", player_error_severity: "warning", other: 1 };
    expect(eventDetails("error", fields)).toEqual({
      ...{ error_type: errorTypeId("4", "no"), code: 4, message: "no", context: null },
      ...{ severity: "warning", is_business_exception: false },
    });
    expect(eventDetails("error", { player_error_business_exception: "true" })).toEqual({
      ...{ error_type: errorTypeId("", ""), code: null, message: null, context: null },
      ...{ severity: "fatal", is_business_exception: true },
    });
  });

  it("of an error are of the group of its view, however long its texts", () => {
    const told = { player_error_code: "c".repeat(1_000), player_error_message: "m".repeat(8_000) };
    const record = played([
      ["play", 0],
      ["error", 10, told],
    ]);
    expect(eventDetails("error", told)["error_type"]).toBe(record.errorTypeId);
  });

  it("of an error go by its category, whatever the player says", () => {
    const fields = { player_error_severity: "fatal", player_error_business_exception: true };
    const details = eventDetails("error", fields, { severity: "warning", type: "playback_failure" });
    expect(details).toMatchObject({ severity: "warning", is_business_exception: false });
  });

  it.each([
    [
      "renditionchange",
      { video_source_bitrate: 800_000, video_source_codec: "avc1" },
      { bitrate: 800_000, codec: "avc1" },
    ],
    ["requestcompleted", { request_url: "https://a/b", request_bytes_loaded: 9 }, { url: "https://a/b", bytes: 9 }],
    ["requestfailed", { request_error_code: 404, request_type: "media" }, { code: 404, type: "media" }],
    ["cdnchange", { video_cdn: "a", video_previous_cdn: "b" }, { video_cdn: "a", video_previous_cdn: "b" }],
    ["networkchange", { viewer_connection_low_data_mode: false }, { viewer_connection_low_data_mode: false }],
    ["texttrackchange", { player_text_track_language: "de" }, { language: "de" }],
    ["adplay", { ad_id: "7", ad_type: "preroll" }, { ad_id: "7", ad_type: "preroll" }],
    ["renditionchange", { video_source_width: null }, {}],
    ["pause", { video_source_width: 7, ad_id: "7" }, {}],
    ["toString", { ad_id: "7" }, {}],
    ["__proto__", {}, {}],
  ])("%s", (name, fields, details) => {
    expect(eventDetails(name, fields)).toEqual(details);
  });
});
