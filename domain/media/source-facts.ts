import type { ColourMatrix } from "./colour-matrix.ts";
import type { HdrTransfer } from "./plan.ts";
import { languageTag } from "./sound-language.ts";

/** What ffprobe tells of one stream, as far as it is used. Containers differ: everything may be missing. */
export interface ProbedStream {
  index: number;
  id?: string | undefined;
  codec_type?: string | undefined;
  codec_name?: string | undefined;
  profile?: string | number | undefined;
  level?: number | undefined;
  pix_fmt?: string | undefined;
  width?: number | undefined;
  height?: number | undefined;
  sample_aspect_ratio?: string | undefined;
  field_order?: string | undefined;
  has_b_frames?: number | undefined;
  color_transfer?: string | undefined;
  color_space?: string | undefined;
  avg_frame_rate?: string | undefined;
  r_frame_rate?: string | undefined;
  sample_rate?: number | undefined;
  channels?: number | undefined;
  duration?: number | undefined;
  start_time?: number | undefined;
  bit_rate?: number | undefined;
  disposition: Readonly<Record<string, number>>;
  tags: Readonly<Record<string, string>>;
  side_data_list: readonly { rotation?: number | undefined }[];
}

export interface ProbedSource {
  streams: readonly ProbedStream[];
  format: { duration?: number | undefined; bit_rate?: number | undefined };
}

/** A source as it came: the picture and the sounds that are taken from it. */
export interface SourceFacts {
  durationSeconds: number | null;
  /** Of the whole file, bit/s. */
  bitrate: number | null;
  video: VideoFacts | null;
  /** The first of {@link sounds}. */
  audio: AudioFacts | null;
  /** The one that players begin with first, the others in the order of the file. */
  sounds: readonly AudioFacts[];
}

interface StreamFacts {
  /** Of ffprobe and `-map 0:n`. */
  streamIndex: number;
  /** The container's own number of the track (MP4 `track_ID`, TS PID), where it has one. */
  trackId: number | null;
  /** ffmpeg's name, such as `h264`. */
  codec: string;
  profile: string | null;
  durationSeconds: number | null;
  startSeconds: number | null;
  bitrate: number | null;
}

export interface VideoFacts extends StreamFacts {
  /** As the codec counts it: 31 is H.264 level 3.1. */
  level: number | null;
  /** ffmpeg's name, such as `yuv420p`. */
  pixelFormat: string | null;
  codedWidthPx: number;
  codedHeightPx: number;
  /** Width of a sample ÷ its height; 1 where the file does not say. */
  sampleAspectRatio: number;
  /** Clockwise, 0 ≤ degrees < 360. */
  rotationDegrees: number;
  /** Frames per second; null where unknown. */
  averageFrameRate: number | null;
  /** The lowest rate in which all times can be written: above the average in variable rate. */
  baseFrameRate: number | null;
  isInterlaced: boolean;
  /** Pictures are decoded in another order than shown. */
  isReordered: boolean;
  /** Transfer function of HDR; null in SDR, and where the file does not say. */
  hdr: HdrTransfer | null;
  /** Null where the file does not say, or says something rare. */
  colourMatrix: ColourMatrix | null;
}

export interface AudioFacts extends StreamFacts {
  channels: number;
  sampleRate: number;
  /** BCP 47; null where the file does not say. */
  language: string | null;
  /** What the file calls it. */
  title: string | null;
}

/** A file of more has something else in mind than languages. */
const MAX_SOUNDS = 32;

const INTERLACED: readonly string[] = ["tt", "bb", "tb", "bt"];
const HDR_TRANSFERS = new Map<string, HdrTransfer>([
  ["smpte2084", "pq"],
  ["arib-std-b67", "hlg"],
]);
const COLOUR_MATRICES = new Map<string, ColourMatrix>([
  ["bt709", "bt709"],
  ["smpte170m", "bt601"],
  ["bt470bg", "bt601"],
  ["bt2020nc", "bt2020"],
]);

/**
 * Shapes what ffprobe says. The picture is the first video stream that is no cover; the first sound is the default audio stream,
 * or the first.
 */
export function sourceFacts({ streams, format }: ProbedSource): SourceFacts {
  const pictures = streams.filter((stream) => stream.codec_type === "video" && !isCover(stream));
  const sounds = streams.filter((stream) => stream.codec_type === "audio");
  const videos = pictures.map(videoFacts).filter((facts) => facts !== null);
  const first = sounds.find(({ disposition }) => disposition["default"] === 1);
  const ordered = [...sounds.filter((sound) => sound === first), ...sounds.filter((sound) => sound !== first)];
  const audios = ordered.map(audioFacts).filter((facts) => facts !== null);
  const [video = null] = videos;
  const [audio = null] = audios;
  const longest = Math.max(video?.durationSeconds ?? 0, audio?.durationSeconds ?? 0);
  const durationSeconds = format.duration ?? (longest > 0 ? longest : null);
  return { durationSeconds, bitrate: format.bit_rate ?? null, video, audio, sounds: audios.slice(0, MAX_SOUNDS) };
}

type CodedPicture = Pick<VideoFacts, "codedWidthPx" | "codedHeightPx" | "sampleAspectRatio"> & {
  /** Null where it is mirrored, which nobody turns. */
  rotationDegrees: number | null;
};

/** Width and height as shown: square samples, turned upright. */
export function shownSize(picture: CodedPicture): { widthPx: number; heightPx: number } {
  const { codedHeightPx, codedWidthPx, sampleAspectRatio, rotationDegrees } = picture;
  const widthPx = Math.max(1, Math.round(codedWidthPx * sampleAspectRatio));
  const isSideways = (rotationDegrees ?? 0) % 180 === 90;
  return isSideways ? { widthPx: codedHeightPx, heightPx: widthPx } : { widthPx, heightPx: codedHeightPx };
}

function isCover({ disposition }: ProbedStream): boolean {
  return disposition["attached_pic"] === 1 || disposition["timed_thumbnails"] === 1;
}

function videoFacts(stream: ProbedStream): VideoFacts | null {
  const { width = 0, height = 0 } = stream;
  if (width < 1 || height < 1) return null;
  const common = streamFacts(stream);
  if (common === null) return null;
  return {
    ...common,
    level: stream.level !== undefined && stream.level > 0 ? stream.level : null,
    pixelFormat: stream.pix_fmt ?? null,
    codedWidthPx: width,
    codedHeightPx: height,
    sampleAspectRatio: ratio(stream.sample_aspect_ratio, ":") ?? 1,
    rotationDegrees: rotation(stream),
    averageFrameRate: ratio(stream.avg_frame_rate, "/"),
    baseFrameRate: ratio(stream.r_frame_rate, "/"),
    isReordered: (stream.has_b_frames ?? 0) > 0,
    isInterlaced: INTERLACED.includes(stream.field_order ?? ""),
    hdr: HDR_TRANSFERS.get(stream.color_transfer ?? "") ?? null,
    colourMatrix: COLOUR_MATRICES.get(stream.color_space ?? "") ?? null,
  };
}

function audioFacts(stream: ProbedStream): AudioFacts | null {
  const { channels = 0, sample_rate: sampleRate = 0 } = stream;
  const common = streamFacts(stream);
  if (common === null || channels < 1 || sampleRate < 1) return null;
  const { language, title = null } = stream.tags;
  return { ...common, channels, sampleRate, language: languageTag(language), title };
}

/** Null where ffmpeg has no decoder: such a stream cannot be played. */
function streamFacts(stream: ProbedStream): StreamFacts | null {
  const { codec_name: codec, profile, id } = stream;
  if (codec === undefined || codec === "unknown" || codec === "none") return null;
  const trackId = Number(id);
  return {
    streamIndex: stream.index,
    trackId: id !== undefined && Number.isInteger(trackId) ? trackId : null,
    codec,
    profile: profile === undefined || profile === "unknown" ? null : String(profile),
    durationSeconds: stream.duration ?? null,
    startSeconds: stream.start_time ?? null,
    bitrate: stream.bit_rate ?? null,
  };
}

/** ffprobe counts the display matrix counter-clockwise, the older tag `rotate` clockwise. */
function rotation({ side_data_list, tags }: ProbedStream): number {
  const matrix = side_data_list.find((data) => data.rotation !== undefined)?.rotation;
  const clockwise = matrix === undefined ? Number(tags["rotate"] ?? 0) : -matrix;
  return Number.isFinite(clockwise) ? ((Math.round(clockwise) % 360) + 360) % 360 : 0;
}

/** `30000/1001`, `4:3`; null for `0/0`, `0:1` and what is not there. */
function ratio(text: string | undefined, divider: string): number | null {
  const [above = 0, below = 0] = (text ?? "").split(divider).map(Number);
  return above > 0 && below > 0 ? above / below : null;
}
