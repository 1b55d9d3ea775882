import { expect, it } from "vitest";
import { played, withHeaders } from "./testing/play.ts";

const segment = { request_type: "video" };

it("is the one that the last segment names, else what the player says", () => {
  const told = { video_cdn: "told" };
  expect(played(["viewstart", 0, told]).cdn).toBe("told");
  const requests = [
    withHeaders(["requestcompleted", 100, segment], { "x-cdn": "first" }),
    withHeaders(["requestcompleted", 200, segment], { "x-cdn": "second" }),
    withHeaders(["requestcompleted", 300, segment], { "content-type": "video/mp4" }),
    withHeaders(["requestcompleted", 400, { request_type: "manifest" }], { "x-cdn": "of playlists" }),
    withHeaders(["requestfailed", 500, segment], { "x-cdn": "of failures" }),
  ];
  expect(played(["viewstart", 0, told], ...requests).cdn).toBe("second");
});

it("is traced by the player's own word, repeats included", () => {
  const change = (atMs: number, cdn: string | null) => ["cdnchange", atMs, { video_cdn: cdn }] as const;
  const view = played(
    ["viewstart", 0, { video_cdn: "a" }],
    change(1, "a"),
    change(2, "b"),
    change(3, null),
    change(4, "a"),
  );
  expect(view.cdnTrace).toEqual(["a", "b", "a"]);
});
