import { describe, expect, it } from "vitest";
import { parseFilters } from "./filter-text.ts";
import { parseMetricFilters } from "./metric-filter-text.ts";

const is = (dimension: string, value: string, negated = false) => [
  { dimension, operator: "is", values: [value], negated },
];
const trace = (operator: string, values: string[], negated = false) => [
  { dimension: "video_cdn_trace", operator, values, negated },
];

describe("filters[]", () => {
  it.each([
    ["country:US", is("country", "US")],
    ["!country:US", is("country", "US", true)],
    ["page_url:https://a.example/b?c=d", is("page_url", "https://a.example/b?c=d")],
    ["country:", is("country", "")],
    ["!video_series:__empty__", is("video_series", "", true)],
    ["video_title:!a+b-[c]", is("video_title", "!a+b-[c]")],
    ["playback_failure:true", is("playback_failure", "true")],
    ["video_source_height:720", is("video_source_height", "720")],
    ["video_source_fps:0.33333334", is("video_source_fps", "0.33333334")],
    [`page_url:${"x".repeat(8_192)}`, is("page_url", "x".repeat(8_192))],
    ["+video_cdn_trace:fastly", trace("contains", ["fastly"])],
    ["-video_cdn_trace:fastly", trace("contains", ["fastly"], true)],
    ["video_cdn_trace:[a, b]", trace("equals_list", ["a", "b"])],
    ["!video_cdn_trace:[a]", trace("equals_list", ["a"], true)],
    ["video_cdn_trace:[]", trace("equals_list", [])],
    ["video_cdn_trace:__empty__", trace("equals_list", [])],
  ])("reads %s", (text, filters) => {
    expect(parseFilters([text])).toEqual(filters);
  });

  it.each([
    ["country", /write dimension:value/],
    [":US", /write dimension:value/],
    ["colour:red", /no dimension colour/],
    ["!+country:US", /one of ! \+ -/],
    ["+country:US", /one value, not a list/],
    ["video_cdn_trace:fastly", /is a list/],
    ["+video_cdn_trace:[a]", /write one element/],
    ["video_cdn_trace:[a", /is a list/],
    ["video_cdn_trace:[[a]]", /do not nest/],
    ["playback_failure:yes", /true or false/],
    ["asn:telekom", /is a number/],
    [`page_url:${"x".repeat(8_193)}`, /at most 8192/],
  ])("refuses %s", (text, why) => {
    expect(() => parseFilters([text])).toThrow(why);
  });

  it("takes no more than a question can hold", () => {
    expect(() => parseFilters(Array(101).fill("country:US"))).toThrow(/at most 100/);
    expect(() => parseFilters(Array(5).fill(`page_url:${"x".repeat(8_000)}`))).toThrow(/32768 characters together/);
  });
});

describe("metric_filters[]", () => {
  it("reads each operator, and metrics by their other names", () => {
    const texts = [
      "video_startup_time>=1000",
      "rebuffer_score<0.5",
      "smoothness_score<=1",
      "seek_latency>-1.5",
      "rebuffer_count=2",
    ];
    expect(parseMetricFilters(texts)).toEqual([
      { metric: "video_startup_time", operator: ">=", value: 1_000 },
      { metric: "rebuffer_score", operator: "<", value: 0.5 },
      { metric: "rebuffer_score", operator: "<=", value: 1 },
      { metric: "seek_latency", operator: ">", value: -1.5 },
      { metric: "rebuffer_count", operator: "=", value: 2 },
    ]);
  });

  it.each([
    ["video_startup_time", /write metric, operator/],
    ["video_startup_time>=fast", /write metric, operator/],
    ["video_startup_time==1", /write metric, operator/],
    ["speed>1", /no metric speed/],
    ["views>=1", /cannot select views/],
    ["unique_viewers>=1", /cannot select views/],
  ])("refuses %s", (text, why) => {
    expect(() => parseMetricFilters([text])).toThrow(why);
  });
});
