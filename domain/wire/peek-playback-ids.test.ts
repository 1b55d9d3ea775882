import { describe, expect, it } from "vitest";
import { hasTitle, peekPlaybackIds } from "./peek-playback-ids.ts";

const ID = "AbCdEfGh0123456789".padEnd(44, "x");
const OTHER = "o".repeat(44);

describe("peekPlaybackIds", () => {
  it.each([
    [`https://stream.localhost:8443/${ID}.m3u8?redundant_streams=true`, [ID]],
    [`http://localhost:3001/${ID}/s/-/0123456789abcdef/720p/3.m4s`, [ID]],
    [`https://stream.example.com/${ID}`, [ID]],
    [`https://example.com/films/${ID}.m3u8`, []],
    [`https://stream.example.com/${ID}-and-more.m3u8`, [ID]],
    [`https://stream.example.com/${"x".repeat(60)}.m3u8`, []],
    ["/nope.mp4", []],
    ["MSE style URL", []],
    [7, []],
  ])("reads the source's URL: %s", (url, ids) => {
    expect(peekPlaybackIds({ e: "hb", vsour: url })).toEqual(ids);
    expect(peekPlaybackIds({ event: "hb", video_source_url: url })).toEqual(ids);
  });

  it("reads video_id, after the source", () => {
    const url = `https://stream.example.com/${ID}.m3u8`;
    expect(peekPlaybackIds({ e: "hb", vid: ID })).toEqual([ID]);
    expect(peekPlaybackIds({ event: "hb", video_id: ID, video_source_url: url })).toEqual([ID]);
    expect(peekPlaybackIds({ e: "hb", vid: OTHER, vsour: url })).toEqual([ID, OTHER]);
    expect(peekPlaybackIds({ e: "hb", vid: "vid-a", vsour: url })).toEqual([ID]);
    expect(peekPlaybackIds({ e: "hb", vid: "vid-a" })).toEqual([]);
    expect(peekPlaybackIds({ e: "hb", vid: { id: ID } })).toEqual([]);
  });
});

describe("hasTitle", () => {
  it("takes an empty title for none", () => {
    const none = [{}, { vtt: "" }, { vtt: null }].map((fields) => hasTitle({ e: "hb", ...fields }));
    expect([...none, hasTitle({ event: "hb", video_title: "" })]).toEqual([false, false, false, false]);
    expect(
      [
        { e: "hb", vtt: "Tea" },
        { event: "hb", video_title: "Tea" },
        { e: "hb", vtt: 0 },
      ].map(hasTitle),
    ).toEqual([true, true, true]);
  });
});
