import { describe, expect, it } from "vitest";
import { forwardTarget, isOwnPage } from "./forwarding.ts";

describe("forwardTarget", () => {
  it("knows the socket token of an environment", () => {
    expect(forwardTarget("POST", "abc123", ["socket-token"])).toEqual({
      path: "/dashboard/v1/environments/abc123/socket-token",
      headers: {},
    });
  });

  it("names the environment of a question to the public API", () => {
    const path = ["video", "v1", "assets", "Ab01", "playback-ids", "Cd02"];
    expect(forwardTarget("DELETE", "abc123", path)).toEqual({
      path: "/video/v1/assets/Ab01/playback-ids/Cd02",
      headers: { "x-playhead-environment": "abc123" },
    });
  });

  it.each([
    ["GET", "video/v1/assets"],
    ["POST", "video/v1/assets"],
    ["PATCH", "video/v1/assets/Ab01"],
    ["POST", "video/v1/assets/Ab01/playback-ids"],
    ["POST", "video/v1/uploads"],
    ["GET", "video/v1/uploads/Ab01"],
    ["PUT", "video/v1/uploads/Ab01/cancel"],
  ])("has a way for %s %s", (method, path) => {
    expect(forwardTarget(method, "abc123", path.split("/"))?.path).toBe(`/${path}`);
  });

  it.each([
    ["GET", "abc123", ["socket-token"]],
    ["POST", "abc123", ["members"]],
    ["POST", "abc123", ["socket-token", "x"]],
    ["POST", "abc123", [".."]],
    ["POST", "..", ["socket-token"]],
    ["POST", "abc123/../x", ["socket-token"]],
    ["GET", "abc123", ["video", "v1", "assets", ".."]],
    ["GET", "abc123", ["video", "v1", "assets", "a/../../system"]],
    ["GET", "abc123", ["video", "v1", "assets", "a%2f"]],
    ["GET", "abc123", ["video", "v1", "assets", ""]],
    ["DELETE", "abc123", ["video", "v1", "assets"]],
    ["GET", "abc123", ["system", "v1", "signing-keys"]],
    ["GET", "ABC123", ["video", "v1", "assets"]],
  ])("has no way for %s %s %j", (method, environment, path) => {
    expect(forwardTarget(method, environment, path)).toBeNull();
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
