import { describe, expect, it } from "vitest";
import { played } from "../testing/play.ts";

const ID = "A".repeat(20) + "b".repeat(24);

describe("what was watched", () => {
  it("is what the page says, else what the asset is called", () => {
    const asset = { assetId: "asset-1", title: "Tea at four", creatorId: "maker-1" };
    expect(played([["play", 0]], { asset })).toMatchObject({
      ...{ videoTitle: "Tea at four", videoId: "asset-1", videoCreatorId: "maker-1", assetId: "asset-1" },
    });
    const page = { video_title: "Ours", video_id: "v-1", video_creator_id: "m-2" };
    expect(played([["play", 0, page]], { asset })).toMatchObject({
      ...{ videoTitle: "Ours", videoId: "v-1", videoCreatorId: "m-2", assetId: "asset-1" },
    });
  });

  it("keeps the first and the newest of what may change while it plays", () => {
    const record = played([
      ["renditionchange", 0, { video_source_width: 0, video_source_codec: "" }],
      ["renditionchange", 1, { video_source_width: 320, video_source_bitrate: 3e5, video_source_codec: "avc1" }],
      ["renditionchange", 2, { video_source_width: 640, video_source_bitrate: 9e5, video_source_codec: "hvc1" }],
      ["audiotrackchange", 3, { player_audio_track_codec: "mp4a" }],
      ["hb", 4, { video_dynamic_range_type: "sdr" }],
      ["hb", 5, { video_dynamic_range_type: "hdr10", video_source_width: null }],
    ]);
    expect(record).toMatchObject({ videoSourceWidthInitialPx: 320, videoSourceWidthPx: null });
    expect(record).toMatchObject({ videoSourceBitrateInitial: 300_000, videoSourceBitrate: 900_000 });
    expect(record).toMatchObject({ videoCodecInitial: "avc1", videoCodec: "hvc1", audioCodec: "mp4a" });
    expect(record).toMatchObject({ videoDynamicRangeTypeInitial: "sdr", videoDynamicRangeType: "hdr10" });
  });

  it("carries the customer's own dimensions", () => {
    const told = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`custom_${at + 1}`, `c-${at + 1}`]));
    expect(played([["play", 0, told]])).toMatchObject({
      custom1: "c-1",
      custom2: "c-2",
      custom10: "c-10",
      custom20: "c-20",
    });
  });

  it("keeps every field as told, and no more than there is room for", () => {
    expect(JSON.parse(played([["play", 0, { video_title: "Tea", x_own: 7 }]]).attributes)).toMatchObject({
      ...{ video_title: "Tea", x_own: 7 },
    });
    const long = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x_${at}`, "z".repeat(8_000)]));
    const { attributes } = played([["play", 0, long]]);
    expect(attributes.length).toBeLessThan(64_000);
    expect(JSON.parse(attributes)).toHaveProperty("x_0");
  });
});

describe("a source", () => {
  const source = (told: Record<string, unknown>) => played([["play", 0, told]]);

  it("tells its host and domain by its URL where the client does not", () => {
    const told = source({ video_source_url: "https://video.cdn.example.co.uk:8443/a/b.m3u8?x=1" });
    expect(told).toMatchObject({ sourceHostname: "video.cdn.example.co.uk:8443", sourceDomain: "example.co.uk" });
    expect(source({ video_source_url: "https://a.example.com/x" }).sourceDomain).toBe("example.com");
    expect(
      source({ video_source_url: "https://x", video_source_hostname: "h", video_source_domain: "d" }),
    ).toMatchObject({
      ...{ sourceHostname: "h", sourceDomain: "d" },
    });
    expect(source({ video_source_url: "http://192.0.2.7:80/x" }).sourceDomain).toBe("192.0.2.7");
  });

  it("has none where the URL is relative or belongs to nobody", () => {
    for (const url of ["/hls/master.m3u8", "MSE style URL", "", "master.m3u8"]) {
      expect(source({ video_source_url: url })).toMatchObject({ sourceHostname: "", sourceDomain: "", playbackId: "" });
    }
    expect(source({ video_source_url: "http://localhost:8801/a.mp4" })).toMatchObject({ sourceDomain: "" });
  });

  it("of a stream host names the playback id", () => {
    const id = (url: string) => source({ video_source_url: url }).playbackId;
    expect(id(`https://stream.example.com/${ID}.m3u8?token=x`)).toBe(ID);
    expect(id(`https://stream.example.com/${ID}/medium.mp4`)).toBe(ID);
    expect(id(`https://cdn.example.com/${ID}.m3u8`)).toBe("");
  });

  it("elsewhere names it only where it turned out to be one of the environment's", () => {
    const asset = { assetId: "a", title: "" };
    const api = { video_source_url: `https://api.example.com/${ID}.m3u8` };
    expect(played([["play", 0, api]], { asset }).playbackId).toBe(ID);
    expect(played([["play", 0, { video_source_url: "MSE style URL", video_id: ID }]], { asset }).playbackId).toBe(ID);
  });
});
