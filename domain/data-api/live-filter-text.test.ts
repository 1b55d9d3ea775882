import { describe, expect, it } from "vitest";
import { parseLiveFilters } from "./live-filter-text.ts";

describe("filters[] of monitoring", () => {
  it("gathers alternatives, and what is left out", () => {
    const texts = ["country:US", "!cdn:fastly", "country:DE", "!cdn:akamai", "country:US", "video_title:a:b"];
    expect(parseLiveFilters(texts)).toEqual([
      { dimension: "country", values: ["US", "DE"], negated: false },
      { dimension: "cdn", values: ["fastly", "akamai"], negated: true },
      { dimension: "video_title", values: ["a:b"], negated: false },
    ]);
  });

  it("reads no value in both ways", () => {
    expect(parseLiveFilters(["region:__empty__", "asn:", "view_has_ad:true"]).map(({ values }) => values)).toEqual([
      [""],
      [""],
      ["true"],
    ]);
  });

  it.each([
    ["country", /write dimension:value/],
    ["browser_version:1", /no monitoring dimension browser_version/],
    ["+country:US", /one value, not a list/],
    ["!-cdn:a", /one of ! \+ -/],
    ["asn:telekom", /is a number/],
    ["view_has_ad:yes", /true or false/],
    ["view_has_ad:__empty__", /true or false/],
  ])("refuses %s", (text, why) => {
    expect(() => parseLiveFilters([text])).toThrow(why);
  });
});
