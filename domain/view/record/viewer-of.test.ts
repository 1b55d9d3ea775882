import { describe, expect, it } from "vitest";
import { type Moment, played } from "../testing/play.ts";

const PLAY: Moment = ["play", 0];

describe("whom a view counts for", () => {
  it("is the integration's person, else the cookie's, else nobody", () => {
    const cookie = { mux_viewer_id: "c-1", session_id: "s-1" };
    const named = played([["play", 0, { ...cookie, viewer_user_id: "u-1" }]]);
    expect(named).toMatchObject({ viewerId: "u-1", viewerUserId: "u-1", muxViewerId: "c-1", sessionId: "s-1" });
    expect(played([["play", 0, cookie]])).toMatchObject({ viewerId: "c-1", viewerUserId: "" });
    expect(played([PLAY])).toMatchObject({ viewerId: "", muxViewerId: "", sessionId: "" }); // cookies off
  });

  it("may be a number", () => {
    expect(played([["play", 0, { viewer_user_id: 42 }]]).viewerId).toBe("42");
  });
});

describe("sampling", () => {
  it("is believed where it can be", () => {
    const rate = (told: unknown) => played([["play", 0, { mux_sample_rate: told }]]).sampleRate;
    expect([0.1, 1, "0.25"].map(rate)).toEqual([0.1, 1, 0.25]);
    expect([0, -1, 2, null, "all"].map(rate)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("a place", () => {
  it("is that of the view's first event; without databases only the country", () => {
    const place = {
      continent: "EU",
      region: "Bavaria",
      city: "Munich",
      latitude: 48.1,
      longitude: 11.5,
      asn: 7,
      asnName: "N",
    };
    const known = played([PLAY], { context: { country: "DE", address: "203.0.113.0", place } });
    expect(known).toMatchObject({ ...place, country: "DE", viewerAddress: "203.0.113.0" });
    expect(played([PLAY], { context: { country: "DE" } })).toMatchObject({
      country: "DE",
      city: "",
      latitude: null,
      asn: 0,
    });
  });
});

describe("a device", () => {
  it("of a native SDK is what the SDK says", () => {
    const told = {
      viewer_application_name: "com.example.app",
      viewer_application_version: "7.1",
      viewer_os_family: "tvOS",
      viewer_os_version: "18.1",
      viewer_device_category: "tv",
      viewer_device_manufacturer: "Apple",
      viewer_device_model: "AppleTV14,1",
      viewer_device_name: "Apple TV 4K",
    };
    expect(played([["play", 0, told]], { device: { browser: "Safari", category: "desktop" } })).toMatchObject({
      ...{ browser: "com.example.app", browserVersion: "7.1", operatingSystem: "tvOS", operatingSystemVersion: "18.1" },
      ...{ deviceCategory: "tv", deviceManufacturer: "Apple", deviceModel: "AppleTV14,1", deviceName: "Apple TV 4K" },
    });
  });

  it("of a crawler marks the view, whatever the client says", () => {
    expect(played([["play", 0, { viewer_device_category: "phone" }]], { device: { bot: true } }).bot).toBe(true);
  });
});
