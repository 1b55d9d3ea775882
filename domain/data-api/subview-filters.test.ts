import { describe, expect, it } from "vitest";
import { parseSubviewFilters } from "./subview-filters.ts";

const is = (dimension: string, value: string, negated = false) => ({
  dimension,
  operator: "is",
  values: [value],
  negated,
});

describe("parseSubviewFilters", () => {
  it("knows what only parts have, and tells filters of parts from those of views", () => {
    const texts = ["video_source_codec:avc1", "!video_source_height:720", "country:US", "+video_cdn_trace:a"];
    expect(parseSubviewFilters("rendition", texts)).toEqual({
      views: [is("country", "US"), { ...is("video_cdn_trace", "a"), operator: "contains" }],
      parts: [is("video_source_codec", "avc1"), is("video_source_height", "720", true)],
    });
    expect(parseSubviewFilters("playback_mode", ["video_source_height:720", "player_playback_mode:pip"])).toEqual({
      views: [is("video_source_height", "720")],
      parts: [is("player_playback_mode", "pip")],
    });
  });

  it("reads no value in both spellings, and all behind the first colon", () => {
    const { parts } = parseSubviewFilters("rendition", [
      "video_source_height:__empty__",
      "video_source_bitrate:",
      "video_source_rendition_name:a:b",
    ]);
    expect(parts.map(({ values }) => values)).toEqual([[""], [""], ["a:b"]]);
  });

  it("reads frame rates as answers write them", () => {
    const { parts } = parseSubviewFilters("rendition", ["video_source_fps:7.4925075"]);
    expect(parts).toEqual([is("video_source_fps", "7.4925075")]);
  });

  it.each([
    ["rendition", "video_source_height:tall", /video_source_height:tall.*is a number/],
    ["rendition", "+video_source_codec:avc1", /has one value, not a list/],
    ["rendition", "!+video_source_codec:avc1", /one of ! \+ - in front/],
    ["rendition", "player_playback_mode:pip", /no dimension player_playback_mode/],
    ["playback_mode", "video_source_codec:avc1", /no dimension video_source_codec/],
    ["rendition", "colour:red", /no dimension colour/],
    ["rendition", "country", /write dimension:value/],
  ] as const)("refuses of a %s %s", (type, text, message) => {
    expect(() => parseSubviewFilters(type, [text])).toThrow(message);
  });
});
