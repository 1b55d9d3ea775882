import { describe, expect, it } from "vitest";
import type { AudioFacts, SourceFacts, VideoFacts } from "./source-facts.ts";
import { standardArguments, standardSize } from "./standard-arguments.ts";

const stream = { trackId: null, profile: null, durationSeconds: null, startSeconds: null, bitrate: null };
const VIDEO: VideoFacts = {
  ...{ ...stream, streamIndex: 3, codec: "vp9", level: null, pixelFormat: "yuv420p" },
  ...{ codedWidthPx: 1280, codedHeightPx: 720, sampleAspectRatio: 1, rotationDegrees: 0 },
  ...{
    averageFrameRate: 25,
    baseFrameRate: 25,
    isInterlaced: false,
    isReordered: false,
    hdr: null,
    colourMatrix: null,
  },
};
const AUDIO: AudioFacts = {
  ...{ ...stream, streamIndex: 5, codec: "dts", channels: 6, sampleRate: 44_100, language: null, title: null },
};
const SECOND = { ...AUDIO, streamIndex: 4, channels: 1, sampleRate: 8_000 };
const FACTS: SourceFacts = { durationSeconds: 10, bitrate: null, video: VIDEO, audio: AUDIO, sounds: [AUDIO] };
const encoded = (video: Partial<VideoFacts>): string =>
  standardArguments({ ...FACTS, video: { ...VIDEO, ...video } }, { video: "encode", sounds: [] }).join(" ");

describe("standardArguments", () => {
  it("copies the chosen streams and nothing else", () => {
    const text = standardArguments(FACTS, { video: "copy", sounds: ["copy"] }).join(" ");
    expect(text).toContain("-map 0:3 -map 0:5 -sn -dn");
    expect(text).toContain("-c:v copy -c:a:0 copy");
    expect(text).not.toContain("filter");
    expect(standardArguments(FACTS, { video: "none", sounds: ["copy"] }).slice(0, 3)).toEqual(["-vn", "-map", "0:5"]);
  });

  it("names copied HEVC so that players look for its parameters where they are", () => {
    const facts = { ...FACTS, video: { ...VIDEO, codec: "hevc" } };
    expect(standardArguments(facts, { video: "copy", sounds: [] }).join(" ")).toContain("-c:v copy -tag:v hvc1");
  });

  it("has FLAC copied, which ffmpeg wants to be told", () => {
    const facts = { ...FACTS, sounds: [AUDIO, { ...SECOND, codec: "flac" }] };
    const of = (...sounds: ("copy" | "encode")[]) => standardArguments(facts, { video: "none", sounds }).join(" ");
    expect(of("encode", "copy")).toContain("-strict experimental");
    expect(of("copy", "encode")).not.toContain("-strict");
  });

  it("shows HDR as SDR where it encodes", () => {
    expect(encoded({ hdr: "hlg" })).toMatch(/scale=1280:720,.*tin=arib-std-b67.*tonemap.*,setsar=1/);
    expect(encoded({})).not.toContain("tonemap");
  });

  it("mixes down to two channels and keeps the rate of CDs", () => {
    const text = standardArguments(FACTS, { video: "none", sounds: ["encode"] }).join(" ");
    expect(text).toContain("-c:a:0 aac -b:a:0 128000 -ac:a:0 2 -ar:a:0 44100");
  });

  it("treats each sound as it needs it", () => {
    const both = { ...FACTS, sounds: [AUDIO, SECOND] };
    const text = standardArguments(both, { video: "copy", sounds: ["copy", "encode"] }).join(" ");
    expect(text).toContain("-map 0:3 -map 0:5 -map 0:4");
    expect(text).toMatch(/-c:a:0 copy -filter:a:1 \S+ -c:a:1 aac -b:a:1 128000 -ac:a:1 1 -ar:a:1 48000/);
  });

  it("keeps every picture's time, except where there is no usable rate", () => {
    expect(encoded({})).toContain("-fps_mode vfr -enc_time_base -1");
    expect(encoded({})).not.toMatch(/fps=|bwdif/);
    expect(encoded({ averageFrameRate: 2 })).toMatch(/fps=30,scale(?!.*passthrough)/);
    expect(encoded({ averageFrameRate: null })).toContain("fps=30");
    expect(encoded({ isInterlaced: true })).toContain("bwdif=mode=send_frame:deint=interlaced,scale=1280:720");
  });
});

describe("standardSize", () => {
  it.each([
    [{ codedWidthPx: 321, codedHeightPx: 181 }, 320, 180],
    [{ codedWidthPx: 720, codedHeightPx: 576, sampleAspectRatio: 16 / 11 }, 1046, 576],
    [{ rotationDegrees: 90 }, 720, 1280],
    [{ codedWidthPx: 7680, codedHeightPx: 4320 }, 4096, 2304],
    [{ codedWidthPx: 1, codedHeightPx: 1 }, 2, 2],
  ])("of %j is %i × %i", (video, widthPx, heightPx) => {
    expect(standardSize({ ...VIDEO, ...video })).toEqual({ widthPx, heightPx });
  });
});
