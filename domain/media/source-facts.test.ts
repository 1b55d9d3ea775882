import { describe, expect, it } from "vitest";
import { type ProbedStream, shownSize, sourceFacts, type VideoFacts } from "./source-facts.ts";

const stream = (index: number, facts: Partial<ProbedStream>): ProbedStream => ({
  index,
  disposition: {},
  tags: {},
  side_data_list: [],
  ...facts,
});
const video = (facts: Partial<ProbedStream> = {}, index = 0): ProbedStream =>
  stream(index, { codec_type: "video", codec_name: "h264", width: 1920, height: 1080, ...facts });
const audio = (facts: Partial<ProbedStream> = {}, index = 1): ProbedStream =>
  stream(index, { codec_type: "audio", codec_name: "aac", channels: 2, sample_rate: 48_000, ...facts });
const facts = (...streams: ProbedStream[]) => sourceFacts({ streams, format: { duration: 10, bit_rate: 1000 } });
const picture = (probed: Partial<ProbedStream>): VideoFacts => facts(video(probed)).video as VideoFacts;

describe("sourceFacts", () => {
  it("shapes what ffprobe says of a phone's film", () => {
    const probed = video({
      id: "0x1",
      profile: "High",
      level: 40,
      pix_fmt: "yuv420p",
      sample_aspect_ratio: "1:1",
      field_order: "progressive",
      has_b_frames: 2,
      avg_frame_rate: "30000/1001",
      r_frame_rate: "60/1",
      duration: 9.9,
      start_time: 0.1,
      bit_rate: 900,
      side_data_list: [{}, { rotation: -90 }],
    });
    const tags = { language: "ger", title: "Ton" };
    const sound = {
      ...{ streamIndex: 1, trackId: 2, codec: "aac", profile: "LC", channels: 2, sampleRate: 48_000 },
      ...{ durationSeconds: null, startSeconds: null, bitrate: null, language: "de", title: "Ton" },
    };
    expect(facts(probed, audio({ id: "0x2", profile: "LC", tags }))).toEqual({
      durationSeconds: 10,
      bitrate: 1000,
      video: {
        ...{ streamIndex: 0, trackId: 1, codec: "h264", profile: "High", level: 40, pixelFormat: "yuv420p" },
        ...{ durationSeconds: 9.9, startSeconds: 0.1, bitrate: 900, codedWidthPx: 1920, codedHeightPx: 1080 },
        ...{ sampleAspectRatio: 1, rotationDegrees: 90, averageFrameRate: 30_000 / 1001, baseFrameRate: 60 },
        ...{ isInterlaced: false, isReordered: true, hdr: null, colourMatrix: null },
      },
      audio: sound,
      sounds: [sound],
    });
  });

  it("takes the first picture that is no cover, and the default sound", () => {
    const cover = video({ codec_name: "mjpeg", disposition: { attached_pic: 1 } }, 0);
    const found = facts(cover, audio({}, 1), audio({ disposition: { default: 1 } }, 2), video({}, 3), video({}, 4));
    expect([found.video?.streamIndex, found.audio?.streamIndex]).toEqual([3, 2]);
    expect(facts(cover, audio()).video).toBeNull();
  });

  it("has all sounds, the default one first", () => {
    const { sounds } = facts(audio({}, 0), audio({ disposition: { default: 1 } }, 1), audio({}, 2));
    expect(sounds.map(({ streamIndex }) => streamIndex)).toEqual([1, 0, 2]);
  });

  it("passes over what cannot be decoded", () => {
    const none = facts(video({ codec_name: undefined }), audio({ codec_name: "unknown" }), audio({ channels: 0 }));
    expect(none).toMatchObject({ video: null, audio: null });
    expect(facts(video({ width: 0 }), audio({ sample_rate: undefined }), audio({}, 5)).audio?.streamIndex).toBe(5);
    const noDefault = facts(audio({ disposition: { default: 1 }, codec_name: "none" }, 0), audio({}, 1));
    expect(noDefault.audio?.streamIndex).toBe(1);
  });

  it.each([
    [{ side_data_list: [{ rotation: 90 }] }, 270],
    [{ side_data_list: [{ rotation: -180 }] }, 180],
    [{ tags: { rotate: "90" } }, 90],
    [{ tags: { rotate: "sideways" } }, 0],
    [{}, 0],
  ])("reads the rotation of %j as %i degrees clockwise", (probed, degrees) => {
    expect(picture(probed).rotationDegrees).toBe(degrees);
  });

  it("does not take unknown numbers for zero", () => {
    const unknown = picture({ avg_frame_rate: "0/0", sample_aspect_ratio: "0:1", level: -99, profile: "unknown" });
    expect(unknown).toMatchObject({ averageFrameRate: null, sampleAspectRatio: 1, level: null, profile: null });
    const lengthless = sourceFacts({ streams: [video({ duration: 4 }), audio({ duration: 5 })], format: {} });
    expect(lengthless).toMatchObject({ durationSeconds: 5, bitrate: null });
    expect(sourceFacts({ streams: [], format: {} }).durationSeconds).toBeNull();
  });

  it("knows fields and HDR", () => {
    const matrices = ["bt709", "smpte170m", "bt2020nc", "ycgco"].map((color_space) => picture({ color_space }));
    expect(matrices.map((video) => video?.colourMatrix)).toEqual(["bt709", "bt601", "bt2020", null]);
    expect(picture({ field_order: "tt", color_transfer: "arib-std-b67" })).toMatchObject({
      isInterlaced: true,
      hdr: "hlg",
    });
  });
});

describe("shownSize", () => {
  it("is the picture with square samples, upright", () => {
    const anamorphic = { width: 720, height: 576, sample_aspect_ratio: "16:11" };
    expect(shownSize(picture(anamorphic))).toEqual({ widthPx: 1047, heightPx: 576 });
    expect(shownSize(picture({ ...anamorphic, tags: { rotate: "90" } }))).toEqual({ widthPx: 576, heightPx: 1047 });
  });
});
