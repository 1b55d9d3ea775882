import { describe, expect, it } from "vitest";
import { serviceOf } from "./service-of.ts";

describe("serviceOf", () => {
  it.each([
    ["stream.localhost", "stream"],
    ["image.localhost", "image"],
    ["beacon.localhost", "beacon"],
    ["stream.video.example.com", "stream"],
    ["localhost", "api"],
    ["stream", "api"],
    ["streams.localhost", "api"],
    ["api.example.com", "api"],
    [null, "api"],
  ] as const)("leads %s to %s", (serverName, service) => {
    expect(serviceOf(serverName)).toBe(service);
  });
});
