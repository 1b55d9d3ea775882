import { join } from "node:path";
import type { Rotation } from "../../domain/mp4/track.ts";
import { type FilmSpec, makeFilm } from "../../transcoder/testing/barcode-film.ts";
import { turnFilm } from "../../transcoder/testing/turn-film.ts";
import { copied } from "./run-ffmpeg.ts";
import { type Family, type MatrixSource, NON_STANDARD } from "./source.ts";

/** Changing tones over noise: never the same twice, so that a shift shows wherever it is looked for. Endless: ffmpeg cuts them. */
const music = (left: number, right: number): string =>
  `aevalsrc='0.25*sin(2*PI*(${left}*t+30*t*t))+0.15*sin(2*PI*90*t)+0.02*(random(0)-0.5)|0.25*sin(2*PI*(${right}*t+17*t*t))+0.02*(random(1)-0.5)':s=48000`;
const MUSIC = music(220, 330);
const OTHER_MUSIC = music(510, 620);
const THIRD_MUSIC = music(840, 130);
/** Six channels, each with its own rising tone. */
const SURROUND = `aevalsrc='${[300, 400, 500, 60, 700, 800].map((hertz) => `0.1*sin(2*PI*(${hertz}*t+20*t*t))`).join("|")}':c=5.1:s=48000`;

/** As soft as a lens is: what the film maker draws has noise that would take any bits that there are. */
const SOFT = "gblur=sigma=1.5";
const PICTURES = 250;
const RATE = "25";

const X264 = ["-c:v", "libx264", "-preset", "superfast", "-crf", "18", "-g", "50", "-bf", "2", "-sc_threshold", "0"];
const TEN_BITS = ["-pix_fmt", "yuv420p10le"];
const PQ = ":colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc";
const HLG = ":colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc";
const VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-b:v", "2M"];
const AV1 = [...["-c:v", "libsvtav1", "-preset", "12", "-crf", "20", "-g", "50", "-svtav1-params", "lookahead=0"]];

const x265 = (parameters = ""): string[] => [
  ...["-c:v", "libx265", "-preset", "ultrafast", "-crf", "16", "-tag:v", "hvc1", "-x265-params"],
  `log-level=none:keyint=50:min-keyint=50:scenecut=0:open-gop=0:bframes=3${parameters}`,
];

interface Numbered extends Partial<FilmSpec> {
  name: string;
  /** Ending of the file, by which ffmpeg chooses the container. */
  ending?: string;
  reasons?: Record<string, string>;
  pictures?: number;
  /** Sounds that the source has; one where it has any. */
  sounds?: number;
  /** Copied out of the film made, from this second on: leaves pictures that are decoded and not shown. */
  cutFrom?: string;
  turned?: Rotation;
  isResampled?: boolean;
  isNoise?: boolean;
}

const CODECS: readonly Numbered[] = [
  { name: "HEVC", output: x265() },
  { name: "HEVC of 10 bits", output: [...x265(), ...TEN_BITS] },
  { name: "HEVC in open groups", output: x265(":open-gop=1") },
  { name: "HDR (PQ)", output: [...x265(PQ), ...TEN_BITS], reasons: { video_dynamic_range: "pq" } },
  { name: "HDR (HLG)", output: [...x265(HLG), ...TEN_BITS], reasons: { video_dynamic_range: "hlg" } },
  { name: "AV1", output: AV1, reasons: { video_codec: "av1" } },
  { name: "VP9", output: VP9, reasons: { video_codec: "vp9" } },
  {
    ...{ name: "H.264 of 10 bits", output: [...X264, ...TEN_BITS] },
    reasons: { unsupported_pixel_format: "yuv420p10le" },
  },
  {
    ...{ name: "ProRes", ending: "mov", output: ["-c:v", "prores_ks", "-profile:v", "0"] },
    reasons: { video_codec: "prores", unsupported_pixel_format: "yuv422p10le" },
  },
];

const RATES: readonly Numbered[] = [
  { name: "24 a second", rate: "24", output: X264 },
  { name: "29.97 a second", rate: "30000/1001", output: X264 },
  { name: "59.94 a second", rate: "60000/1001", pictures: 480, output: X264 },
  { name: "120 a second", rate: "120", pictures: 960, output: X264 },
  { name: "a variable rate", rate: "60", pictures: 480, filter: "select='gt(mod(n*7919,31),11)'", output: X264 },
  {
    ...{ name: "2 a second", rate: "2", pictures: 20, output: X264, isResampled: true },
    reasons: { video_frame_rate: "2" },
  },
  {
    ...{ name: "240 a second", rate: "240", pictures: 1_440, output: X264, isResampled: true },
    reasons: { video_frame_rate: "240" },
  },
];

const GROUPS: readonly Numbered[] = [
  { name: "one group of 16 s", pictures: 400, output: [...X264, "-g", "400"] },
  {
    ...{ name: "one group of 24 s", pictures: 600, output: [...X264, "-g", "600"] },
    reasons: { video_gop_size: "high" },
  },
  { name: "open groups", output: [...X264, "-x264-params", "open-gop=1"] },
  { name: "a pyramid of B-frames", output: [...X264, "-bf", "7", "-x264-params", "b-pyramid=normal:b-adapt=0"] },
  { name: "sync pictures only", output: [...X264, "-g", "1"] },
  { name: "an edit list that hides pictures", output: X264, cutFrom: "0.92" },
  { name: "a start at 7.4 s", output: [...X264, "-output_ts_offset", "7.4"] },
];

const SHAPES: readonly Numbered[] = [
  { name: "4K", widthPx: 3_840, heightPx: 2_160, pictures: 100, output: [...X264, "-preset", "ultrafast"] },
  ...([90, 180, 270] as const).map((degrees) => ({
    ...{ name: `turned by ${degrees} degrees`, output: X264, turned: degrees },
    filter: { 90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock" }[degrees],
  })),
  {
    ...{ name: "oblong pixels", filter: "scale=480:360,setsar=4/3", output: X264 },
    reasons: { pixel_aspect_ratio: "non-standard" },
  },
  { name: "odd sizes", filter: "scale=641:359", output: VP9, reasons: { video_codec: "vp9" } },
  { name: "noise", isNoise: true, output: X264 },
  { name: "upright", widthPx: 360, heightPx: 640, output: X264 },
];

const CONTAINERS: readonly Numbered[] = [
  { name: "Matroska", ending: "mkv", output: X264 },
  {
    ...{ name: "WebM", ending: "webm", sound: "libopus", output: VP9 },
    reasons: { video_codec: "vp9", audio_codec: "opus", ...NON_STANDARD },
  },
  { name: "a transport stream", ending: "ts", output: X264 },
  { name: "a transport stream from 1,000 s on", ending: "ts", output: [...X264, "-output_ts_offset", "1000"] },
  {
    ...{ name: "AVI", ending: "avi", sound: "libmp3lame", output: ["-c:v", "mpeg4", "-q:v", "3", "-g", "50"] },
    reasons: { video_codec: "mpeg4", audio_codec: "mp3", ...NON_STANDARD },
  },
  { name: "fragments", output: [...X264, "-movflags", "frag_keyframe+empty_moov"] },
  { name: "Flash", ending: "flv", output: X264 },
  {
    ...{ name: "MPEG-2", ending: "mpg", sound: "mp2", output: ["-c:v", "mpeg2video", "-q:v", "3", "-bf", "2"] },
    reasons: { video_codec: "mpeg2video", audio_codec: "mp2", ...NON_STANDARD },
  },
];

const SOUNDS: readonly Numbered[] = [
  { name: "no sound", sound: null, output: X264 },
  { name: "5.1 in AAC", heard: [SURROUND], output: [...X264, "-b:a", "384k"] },
  {
    ...{ name: "5.1 in AC-3", sound: "ac3", heard: [SURROUND], output: [...X264, "-b:a", "384k"] },
    reasons: { audio_codec: "ac3" },
  },
  {
    ...{ name: "three languages", heard: [MUSIC, OTHER_MUSIC, THIRD_MUSIC], sounds: 3 },
    output: [
      ...[...X264, "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger"],
      ...["-metadata:s:a:2", "language=fre"],
    ],
  },
  { name: "MP3 in MP4", sound: "libmp3lame", output: X264, reasons: { audio_codec: "mp3" } },
  { name: "PCM in MOV", ending: "mov", sound: "pcm_s16le", output: X264, reasons: { audio_codec: "pcm_s16le" } },
  { name: "Opus in MP4", sound: "libopus", output: X264, reasons: { audio_codec: "opus" } },
  { name: "sound that begins 1.5 s late", soundLateSeconds: 1.5, output: X264 },
];

/** Films that are made here, each picture with its number, each with sound that says where it is. */
export const NUMBERED_SOURCES: readonly MatrixSource[] = [
  ...CODECS.map((one) => numbered("codec", one)),
  ...RATES.map((one) => numbered("rate", one)),
  ...GROUPS.map((one) => numbered("group", one)),
  ...SHAPES.map((one) => numbered("shape", one)),
  ...CONTAINERS.map((one) => numbered("container", { reasons: NON_STANDARD, ...one })),
  ...SOUNDS.map((one) => numbered("sound", one)),
];

function numbered(family: Family, source: Numbered): MatrixSource {
  const {
    name,
    ending = "mp4",
    cutFrom,
    turned,
    reasons,
    sounds = 1,
    isResampled = false,
    isNoise = false,
    ...film
  } = source;
  const filter = [...(isNoise ? [] : [SOFT]), ...(film.filter === undefined ? [] : [film.filter])].join(",") || "null";
  const spec: FilmSpec = { rate: RATE, pictures: PICTURES, sound: "aac", heard: [MUSIC], ...film, filter };
  return {
    name,
    family,
    expected: {
      status: "ready",
      ...(reasons !== undefined && { reasons }),
      pictures: isResampled ? "resampled" : "numbered",
      sounds: spec.sound === null ? 0 : sounds,
    },
    provide: async (folder) => {
      const file = join(folder, `film.${ending}`);
      await makeFilm(file, spec);
      if (turned !== undefined) await turnFilm(file, turned);
      return cutFrom === undefined ? file : copied(["-ss", cutFrom, "-i", file], join(folder, `cut.${ending}`));
    },
  };
}
