import { describe, expect, it } from "vitest";
import { returnPath, signInPath } from "./return-path.ts";

describe("returnPath", () => {
  it.each([
    "/environments/abc123/monitoring",
    "/environments/abc123/monitoring?cdn=fastly&not.country=DE",
    "/environments/abc123/videos",
    "/environments/abc123/videos/Ab01cD",
  ])("leads back to %s", (path) => expect(returnPath(path)).toBe(path));

  it.each([
    null,
    "",
    "https://evil.example/",
    "//evil.example/environments/abc123/monitoring",
    "/\\evil.example",
    "/environments/abc123/../../evil",
    "/environments/abc123/videos/../evil",
    "/environments/abc123/videos//evil.example",
    "/environments/abc123/monitoring\\@evil",
    "/api/auth/signout",
    "javascript:alert(1)",
  ])("does not follow %s", (path) => expect(returnPath(path)).toBe("/"));
});

describe("signInPath", () => {
  it("remembers the page, and says that a session ended only when there was one", () => {
    expect(signInPath("/environments/abc123/monitoring?cdn=fastly", true)).toBe(
      "/sign-in?reason=session&next=%2Fenvironments%2Fabc123%2Fmonitoring%3Fcdn%3Dfastly",
    );
    expect(signInPath("/", false)).toBe("/sign-in");
  });

  it.each([
    ["?_rsc=abc", ""],
    ["?cdn=a&_rsc", "?cdn=a"],
    ["?_rsc=abc&cdn=a", "?cdn=a"],
    ["?my_rsc=abc", "?my_rsc=abc"],
  ])("asks to come back to the page, not to what script asked of it: %s", (query, kept) => {
    const page = "/environments/abc123/monitoring";
    expect(signInPath(`${page}${query}`, false)).toBe(`/sign-in?${new URLSearchParams({ next: `${page}${kept}` })}`);
  });
});
