import { describe, expect, it } from "vitest";
import { type Moment, played } from "../testing/play.ts";

const segment = (at: number, cdn: string, type = "media"): Moment => [
  "requestcompleted",
  at,
  { request_type: type, request_response_headers: { "x-cdn": cdn } },
];

describe("a CDN", () => {
  it("is what the newest segment's own header says, above the page", () => {
    const page: Moment = ["play", 0, { video_cdn: "page" }];
    expect(played([page]).cdn).toBe("page");
    expect(played([page, segment(1, "one"), segment(2, "two"), ["hb", 3, { video_cdn: "page" }]]).cdn).toBe("two");
    expect(played([page, segment(1, "one", "manifest")]).cdn).toBe("page");
  });

  it("leaves a trace of its changes, repeats allowed", () => {
    const change = (at: number, cdn: string): Moment => ["cdnchange", at, { video_cdn: cdn }];
    const record = played([change(0, "a"), change(1, "b"), ["hb", 2, { video_cdn: "x" }], change(3, "a")]);
    expect(record.cdnTrace).toEqual(["a", "b", "a"]);
    expect(played([["play", 0, { video_cdn: "page" }]]).cdnTrace).toEqual([]);
  });

  it("is told with its edge, its origin and the protection", () => {
    const told = { view_cdn_edge_pop: "FRA", view_cdn_origin: "eu", view_drm_type: "widevine", view_drm_level: "L1" };
    expect(played([["play", 0, told]])).toMatchObject({
      ...{ cdnEdgePop: "FRA", cdnOrigin: "eu", drmType: "widevine", drmLevel: "L1" },
    });
  });
});
