import { describe, expect, it } from "vitest";
import type { Container } from "./sniff-container.ts";
import type { AudioFacts, VideoFacts } from "./source-facts.ts";
import { type IndexedTrack, judgeSource } from "./standard-input.ts";

const stream = { profile: null, durationSeconds: 10, startSeconds: 0, bitrate: null };
const VIDEO: VideoFacts = {
  ...stream,
  ...{ streamIndex: 0, trackId: 1, codec: "h264", profile: "High", level: 40, pixelFormat: "yuv420p" },
  ...{ codedWidthPx: 1920, codedHeightPx: 1080, sampleAspectRatio: 1, rotationDegrees: 0 },
  ...{ averageFrameRate: 25, baseFrameRate: 25, isInterlaced: false, isReordered: true, hdr: null, colourMatrix: null },
};
const AUDIO: AudioFacts = {
  ...{ ...stream, streamIndex: 1, trackId: 2, codec: "aac", profile: "LC", channels: 2, sampleRate: 48_000 },
  ...{ language: null, title: null },
};
const EDIT = { durationTicks: 10_000, mediaTime: 0, rate: 1 };

/** A sample a second, every `gop`-th a sync sample. */
function track(id: number, kind: "video" | "audio", changes: Partial<IndexedTrack> = {}, gop = 2): IndexedTrack {
  const dts = Array.from({ length: 60 }, (_, index) => index * 1000);
  const samples = {
    count: dts.length,
    dts,
    cts: dts.map(() => 0),
    isSync: dts.map((_, index) => Number(index % gop === 0)),
    duration: dts.map(() => 1000),
    size: dts.map(() => 4000),
  };
  const entryTypes = [kind === "video" ? "avc1" : "mp4a"];
  const facts = { isEnabled: true, timescale: 1000, rotationDegrees: 0, edits: [EDIT] };
  return { id, kind, ...facts, entryTypes, samples, ...changes };
}
const MOVIE = { tracks: [track(1, "video"), track(2, "audio")] };
/** In a clock of samples. */
const SOUND_TRACK = track(2, "audio", { timescale: 48_000 });

function judge(
  changes: { video?: Partial<VideoFacts> | null; audio?: Partial<AudioFacts> | null },
  container: Container = "mp4",
  movie: { tracks: IndexedTrack[] } | null = MOVIE,
) {
  const video = changes.video === null ? null : { ...VIDEO, ...changes.video };
  const audio = changes.audio === null ? null : { ...AUDIO, ...changes.audio };
  const sounds = audio === null ? [] : [audio];
  return judgeSource({ durationSeconds: 10, bitrate: null, video, audio, sounds }, container, movie);
}

const STANDARD = { video: "copy", sounds: ["copy"], needsStandardising: false, reasons: {} };
const UNEXPECTED = { unexpected_media_file_parameters: "non-standard" };

describe("judgeSource", () => {
  it("plays H.264 and AAC of an indexed MP4 or MOV as they are", () => {
    expect(judge({})).toEqual(STANDARD);
    expect(judge({}, "mov")).toEqual(STANDARD);
    expect(judge({ audio: null }, "mp4", { tracks: [track(1, "video")] })).toEqual({ ...STANDARD, sounds: [] });
    expect(judge({ video: null }, "mp4", { tracks: [track(2, "audio")] })).toEqual({ ...STANDARD, video: "none" });
    expect(judge({ video: { pixelFormat: "yuvj420p" }, audio: { profile: "HE-AACv2" } })).toEqual(STANDARD);
    expect(judge({ video: { averageFrameRate: 5 } })).toEqual(STANDARD);
    expect(judge({ video: { trackId: null }, audio: { trackId: null } })).toEqual(STANDARD);
  });

  it.each<Container>(["mpegts", "matroska", "flv"])("copies what fits out of %s", (container) => {
    const judged = judge({}, container, null);
    expect(judged).toEqual({ video: "copy", sounds: ["copy"], needsStandardising: true, reasons: UNEXPECTED });
  });

  it("plays the sounds that ffprobe found, whichever they are", () => {
    const sounds = { tracks: [track(1, "video"), track(2, "audio"), track(3, "audio")] };
    expect(judge({ audio: { trackId: 3 } }, "mp4", sounds)).toEqual(STANDARD);
    expect(judge({ audio: null }, "mp4", sounds)).toEqual({ ...STANDARD, sounds: [] });
    const missing = judge({ audio: { trackId: 4 } }, "mp4", sounds);
    expect(missing).toEqual({ ...STANDARD, needsStandardising: true, reasons: UNEXPECTED });
  });

  it("copies the chosen picture where another would be cut out of the file", () => {
    const twoPictures = { tracks: [track(4, "video"), track(1, "video"), track(2, "audio")] };
    expect(judge({}, "mp4", twoPictures)).toEqual({ ...STANDARD, needsStandardising: true, reasons: UNEXPECTED });
  });

  it("copies the samples of a fragmented file, which has no table", () => {
    const empty = { samples: { count: 0, dts: [], cts: [], isSync: [], duration: [], size: [] } };
    const fragmented = { tracks: [track(1, "video", empty), track(2, "audio", empty)] };
    expect(judge({}, "mp4", fragmented)).toEqual({ ...STANDARD, needsStandardising: true, reasons: UNEXPECTED });
    expect(judge({}, "mp4", null)).toEqual({ ...STANDARD, needsStandardising: true, reasons: UNEXPECTED });
  });

  it.each<[string, Partial<VideoFacts>, Record<string, string>]>([
    ["an old codec", { codec: "mpeg4" }, { video_codec: "mpeg4" }],
    ["an unknown format", { pixelFormat: null }, { unsupported_pixel_format: "unknown" }],
    ["H.264 with whole colours", { pixelFormat: "yuv444p" }, { unsupported_pixel_format: "yuv444p" }],
    ["H.264 in RGB", { pixelFormat: "gbrp" }, { unsupported_pixel_format: "gbrp" }],
    ["8K", { codedWidthPx: 7680, codedHeightPx: 4320 }, { video_resolution: "7680x4320" }],
    ["few frames", { averageFrameRate: 2.5 }, { video_frame_rate: "2.5" }],
    ["many frames", { averageFrameRate: 240_000 / 1001 }, { video_frame_rate: "239.76" }],
    ["an unknown rate", { averageFrameRate: null }, { video_frame_rate: "-1" }],
    ["fields", { isInterlaced: true }, UNEXPECTED],
    ["a profile that no browser plays", { profile: "Extended" }, UNEXPECTED],
  ])("encodes pictures with %s, and copies their sound", (_, video, reasons) => {
    expect(judge({ video })).toEqual({ video: "encode", sounds: ["copy"], needsStandardising: true, reasons });
  });

  it.each<[string, Partial<VideoFacts>, Record<string, string>]>([
    ["HEVC", { codec: "hevc", profile: "Main" }, {}],
    ["HEVC of 10 bits", { codec: "hevc", pixelFormat: "yuv420p10le" }, {}],
    ["a turned picture", { rotationDegrees: 90 }, {}],
    ["HDR", { codec: "hevc", pixelFormat: "yuv420p10le", hdr: "hlg" }, { video_dynamic_range: "hlg" }],
    ["a newer codec", { codec: "av1" }, { video_codec: "av1" }],
    ["H.264 of 10 bits", { pixelFormat: "yuv420p10le" }, { unsupported_pixel_format: "yuv420p10le" }],
    ["HEVC with whole colours", { codec: "hevc", pixelFormat: "yuv444p" }, { unsupported_pixel_format: "yuv444p" }],
    ["more colour", { codec: "hevc", pixelFormat: "yuv422p10le" }, { unsupported_pixel_format: "yuv422p10le" }],
    ["oblong samples", { sampleAspectRatio: 16 / 11 }, { pixel_aspect_ratio: "non-standard" }],
  ])("cuts %s as it is, and tells what is not standard", (_, video, reasons) => {
    expect(judge({ video })).toEqual({ ...STANDARD, reasons });
  });

  it("tells what is not standard beside what has to be made anew", () => {
    const judged = judge({ video: { codec: "vp9", sampleAspectRatio: 2 }, audio: { codec: "opus" } }, "matroska", null);
    const notes = { video_codec: "vp9", pixel_aspect_ratio: "non-standard" };
    const reasons = { ...notes, audio_codec: "opus", ...UNEXPECTED };
    expect(judged).toEqual({ video: "copy", sounds: ["copy"], needsStandardising: true, reasons });
  });

  it("encodes a picture that is shown mirrored, and one that takes long to decode from sync sample to sync sample", () => {
    const mirrored = { tracks: [track(1, "video", { rotationDegrees: null }), track(2, "audio")] };
    expect(judge({}, "mp4", mirrored)).toMatchObject({ video: "encode", reasons: UNEXPECTED });
    const distant = { tracks: [track(1, "video", {}, 11), track(2, "audio")] };
    expect(judge({ video: { codec: "hevc" } }, "mp4", distant)).toMatchObject({ reasons: { video_gop_size: "high" } });
    expect(judge({}, "mp4", distant)).toEqual(STANDARD);
  });

  it.each([
    ["mp3", [".mp3"]],
    ["mp3", ["mp4a"]],
    ["ac3", ["ac-3"]],
    ["opus", ["Opus"]],
    ["flac", ["fLaC"]],
  ])("takes sound in %s as %s out of the file, since it is encoded when it is asked for", (codec, entryTypes) => {
    const tracks = [track(1, "video"), { ...SOUND_TRACK, entryTypes }];
    const judged = judge({ audio: { codec } }, "mp4", { tracks });
    expect(judged).toEqual({ ...STANDARD, reasons: { audio_codec: codec } });
  });

  it("takes raw sound whose table counts samples", () => {
    const raw = (bytes: number) => {
      const { samples } = SOUND_TRACK;
      const sized = { ...samples, size: Array.from(samples.duration, (ticks) => ticks * bytes) };
      return { tracks: [track(1, "video"), { ...SOUND_TRACK, entryTypes: ["sowt"], samples: sized }] };
    };
    const reasons = { audio_codec: "pcm_s16le" };
    expect(judge({ audio: { codec: "pcm_s16le" } }, "mov", raw(4))).toMatchObject({
      needsStandardising: false,
      reasons,
    });
    expect(judge({ audio: { codec: "pcm_s16le" } }, "mov", raw(1))).toMatchObject({
      ...{ sounds: ["encode"], needsStandardising: true },
    });
  });

  it.each<[string, Partial<AudioFacts>, Partial<IndexedTrack>]>([
    ["a codec that an MP4 does not hold", { codec: "vorbis" }, {}],
    ["AAC that browsers do not play", { profile: "Main" }, {}],
    ["times that are no whole samples", { codec: "mp3" }, { timescale: 90_000, entryTypes: [".mp3"] }],
  ])("encodes sound in %s, and copies its pictures", (_, audio, changes) => {
    const judged = judge({ audio }, "mp4", { tracks: [track(1, "video"), track(2, "audio", changes)] });
    expect(judged).toMatchObject({ video: "copy", sounds: ["encode"], reasons: { audio_codec: expect.any(String) } });
  });

  it("copies what an MP4 can hold out of other containers", () => {
    expect(judge({ audio: { codec: "ac3" } }, "matroska", null)).toMatchObject({ sounds: ["copy"] });
    expect(judge({ audio: { codec: "vorbis" } }, "webm", null)).toMatchObject({ sounds: ["encode"] });
  });

  it("needs nothing done for sound that begins late: it is encoded with silence before it", () => {
    expect(judge({ video: { startSeconds: 7.4 }, audio: { startSeconds: 9 } })).toEqual(STANDARD);
  });

  it("copies pictures out of AVI only in the order in which they are shown", () => {
    expect(judge({}, "avi", null).video).toBe("encode");
    expect(judge({ video: { isReordered: false } }, "avi", null).video).toBe("copy");
  });

  it("takes one edit beside empty ones", () => {
    const empty = { durationTicks: 500, mediaTime: -1, rate: 1 };
    const edits = (...list: (typeof EDIT)[]) => ({ tracks: [track(1, "video", { edits: list }), track(2, "audio")] });
    expect(judge({}, "mp4", edits(empty, EDIT))).toEqual(STANDARD);
    expect(judge({}, "mp4", edits())).toEqual(STANDARD);
    const reasons = { video_edit_list: "non-standard" };
    expect(judge({}, "mp4", edits(EDIT, EDIT))).toMatchObject({ video: "encode", sounds: ["copy"], reasons });
    expect(judge({}, "mp4", edits({ ...EDIT, rate: 0 }))).toMatchObject({ reasons });
    const sound = { tracks: [track(1, "video"), track(2, "audio", { edits: [EDIT, EDIT] })] };
    expect(judge({}, "mp4", sound)).toMatchObject({ reasons: { audio_edit_list: "non-standard" } });
  });

  it("encodes pictures of which two are shown at the same time", () => {
    const { samples } = track(1, "video");
    const twins = { samples: { ...samples, cts: Array.from(samples.dts, (time) => (time === 7_000 ? 1_000 : 0)) } };
    const movie = { tracks: [track(1, "video", twins), track(2, "audio", twins)] };
    expect(judge({}, "mp4", movie)).toMatchObject({ video: "encode", sounds: ["copy"], reasons: UNEXPECTED });
  });

  it("encodes what has changing parameters, or sync samples too far apart", () => {
    const changing = { tracks: [track(1, "video", { entryTypes: ["avc1", "avc1"] }), track(2, "audio")] };
    expect(judge({}, "mp4", changing)).toMatchObject({ video: "encode", reasons: UNEXPECTED });
    const distant = (gop: number) => ({ tracks: [track(1, "video", {}, gop), track(2, "audio")] });
    expect(judge({}, "mp4", distant(20))).toEqual(STANDARD);
    expect(judge({}, "mp4", distant(21))).toMatchObject({ video: "encode", reasons: { video_gop_size: "high" } });
  });
});
