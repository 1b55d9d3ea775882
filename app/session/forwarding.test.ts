import { describe, expect, it } from "vitest";
import { forwardedPath, isOwnPage } from "./forwarding.ts";

describe("forwardedPath", () => {
  it("knows the socket token of an environment", () => {
    expect(forwardedPath("POST", "abc123", ["socket-token"])).toBe("/dashboard/v1/environments/abc123/socket-token");
  });

  it.each([
    ["GET", "abc123", ["socket-token"]],
    ["POST", "abc123", ["members"]],
    ["POST", "abc123", ["socket-token", "x"]],
    ["POST", "abc123", [".."]],
    ["POST", "..", ["socket-token"]],
    ["POST", "abc123/../x", ["socket-token"]],
  ])("has no way for %s %s %j", (method, environment, path) => {
    expect(forwardedPath(method, environment, path)).toBeNull();
  });
});

describe("isOwnPage", () => {
  const OWN = "https://play.example";
  const check = (method: string, headers: Record<string, string>) => isOwnPage(method, new Headers(headers), OWN);
  const ours = { "x-playhead-request": "1" };

  it("believes the browser's own statement", () => {
    expect(check("POST", { "sec-fetch-site": "same-origin", ...ours })).toBe(true);
    expect(check("POST", { "sec-fetch-site": "cross-site", origin: OWN, ...ours })).toBe(false);
    expect(check("POST", { "sec-fetch-site": "same-site", ...ours })).toBe(false);
    expect(check("POST", { "sec-fetch-site": "none", ...ours })).toBe(false);
  });

  it("falls back to the origin, and needs one to change something", () => {
    expect(check("POST", { origin: OWN, ...ours })).toBe(true);
    expect(check("POST", { origin: "https://evil.example", ...ours })).toBe(false);
    expect(check("POST", { origin: "null", ...ours })).toBe(false);
    expect(check("POST", ours)).toBe(false);
    expect(check("GET", {})).toBe(true);
    expect(check("GET", { origin: "https://evil.example" })).toBe(false);
  });

  it("wants the header that a form cannot send", () => {
    expect(check("POST", { "sec-fetch-site": "same-origin" })).toBe(false);
    expect(check("POST", { origin: OWN })).toBe(false);
  });
});
