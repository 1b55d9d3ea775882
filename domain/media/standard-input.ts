import type { NonStandardReasons } from "../asset/outcome.ts";
import { playedTrack } from "./played-track.ts";
import type { Container } from "./sniff-container.ts";
import { isCutEntry, rawFrameBytes } from "./sound-entries.ts";
import type { AudioFacts, SourceFacts, VideoFacts } from "./source-facts.ts";

export type StreamTreatment = "copy" | "encode" | "none";

export interface SourceJudgement {
  video: StreamTreatment;
  /** Of each sound of the facts, when the file is made anew: copied where a segment can be cut or encoded from the copy. */
  sounds: readonly StreamTreatment[];
  /** False: segments are cut from the source as it is. */
  needsStandardising: boolean;
  /** What is not standard, by the keys of the wire (reference video-api.md §3.5); empty for a standard source. */
  reasons: NonStandardReasons;
}

/** Of `domain/mp4/movie.ts`; what matters here. */
export interface IndexedTrack {
  id: number;
  kind: "video" | "audio" | "other";
  isEnabled: boolean;
  timescale: number;
  entryTypes: readonly string[];
  edits: readonly { durationTicks: number; mediaTime: number; rate: number }[];
  /** Null where the picture is mirrored, scaled or sheared when it is shown. */
  rotationDegrees: number | null;
  samples: {
    count: number;
    dts: ArrayLike<number>;
    cts: ArrayLike<number>;
    isSync: ArrayLike<number>;
    duration: ArrayLike<number>;
    size: ArrayLike<number>;
  };
}

const MAX_SIDE_PX = 4096;
export const MIN_FRAME_RATE = 5;
export const MAX_FRAME_RATE = 120;
/** A segment cannot be made without decoding from the sync sample before it. */
const MAX_GOP_SECONDS = 20;
/** The same for what takes longer to decode. */
const MAX_HEAVY_GOP_SECONDS = 10;
/** What segments are made of as it is; what is neither H.264 nor HEVC is told all the same. */
const CUT_CODECS: readonly string[] = ["h264", "hevc", "av1", "vp9"];
/** 8 bits, 4:2:0: what browsers play as H.264. `yuvj420p` is the same in full range. Of HEVC they play 10 bits too. */
const PIXEL_FORMATS: readonly string[] = ["yuv420p", "yuvj420p"];
const HEVC_PIXEL_FORMATS: readonly string[] = [...PIXEL_FORMATS, "yuv420p10le"];
/**
 * H.264 with whole colours. x264 before version 151 wrote it wrongly, and decoders allow for that where they read the version,
 * which only the first picture of a film has: segments further back would be green (docs/decisions/sources.md).
 */
const WHOLE_COLOURS = /^(?:yuvj?444|gbr)/;
const AAC_PROFILES: readonly string[] = ["LC", "HE-AAC", "HE-AACv2"];
/**
 * Codecs that an MP4 holds with packets of one length each, so that a copy has exact times in the clock of samples. Vorbis has
 * packets of two lengths, and the others no place in an MP4.
 */
const KEPT_CODECS: readonly string[] = ["mp3", "ac3", "eac3", "opus", "flac", "alac"];
const NON_STANDARD = "non-standard";

/**
 * Decides what can be played just in time and what must be made first. What fits is copied, whatever container it comes in;
 * what does not is encoded.
 *
 * @param movie the file's own index, where it is an MP4 or MOV that has one; null otherwise
 */
export function judgeSource(
  { video, sounds }: SourceFacts,
  container: Container,
  movie: { tracks: readonly IndexedTrack[] } | null,
): SourceJudgement {
  const tracks = container === "mp4" || container === "mov" ? (movie?.tracks ?? []) : [];
  const picture = video && trackOf(video.trackId, "video", tracks);
  const videoReasons =
    video === null
      ? {}
      : { ...pictureReasons(video), ...orderReasons(video, container), ...indexReasons("video", picture, video.codec) };
  const isPictureIndexed = isPlayed(playedTrack(tracks), video, picture, videoReasons);
  const judged = sounds.map((sound) => judgeSound(sound, trackOf(sound.trackId, "audio", tracks)));
  const isIndexed = isPictureIndexed && judged.every(({ isCut }) => isCut);
  const reasons = {
    ...videoReasons,
    ...Object.assign({}, ...judged.map((one) => one.reasons)),
    ...(isIndexed ? {} : { unexpected_media_file_parameters: NON_STANDARD }),
  };
  const notes = video === null ? {} : pictureNotes(video);
  return {
    video: treatment(video, videoReasons),
    sounds: judged.map(({ copies }) => (copies ? "copy" : "encode")),
    needsStandardising: Object.keys(videoReasons).length > 0 || !isIndexed,
    reasons: { ...notes, ...reasons },
  };
}

function treatment(stream: object | null, reasons: NonStandardReasons): StreamTreatment {
  if (stream === null) return "none";
  return Object.keys(reasons).length === 0 ? "copy" : "encode";
}

/** What is not standard and played all the same, every rendition being encoded. A turned picture is standard. */
function pictureNotes({ codec, pixelFormat, sampleAspectRatio, hdr }: VideoFacts): NonStandardReasons {
  const formats = codec === "hevc" ? HEVC_PIXEL_FORMATS : PIXEL_FORMATS;
  return {
    ...(codec !== "h264" && codec !== "hevc" && { video_codec: codec }),
    ...(!formats.includes(pixelFormat ?? "") && { unsupported_pixel_format: pixelFormat ?? "unknown" }),
    ...(sampleAspectRatio !== 1 && { pixel_aspect_ratio: NON_STANDARD }),
    ...(hdr !== null && { video_dynamic_range: hdr }),
  };
}

/** What segments cannot be made of. */
function pictureReasons(video: VideoFacts): NonStandardReasons {
  const { codedWidthPx, codedHeightPx, averageFrameRate: rate } = video;
  const isRateFit = rate !== null && rate >= MIN_FRAME_RATE && rate <= MAX_FRAME_RATE;
  const isOdd = video.isInterlaced || video.profile === "Extended";
  return {
    ...(!CUT_CODECS.includes(video.codec) && { video_codec: video.codec }),
    ...(!isCutFormat(video) && { unsupported_pixel_format: video.pixelFormat ?? "unknown" }),
    ...(Math.max(codedWidthPx, codedHeightPx) > MAX_SIDE_PX && {
      video_resolution: `${codedWidthPx}x${codedHeightPx}`,
    }),
    ...(!isRateFit && { video_frame_rate: rate === null ? "-1" : String(Math.round(rate * 1000) / 1000) }),
    ...(isOdd && { unexpected_media_file_parameters: NON_STANDARD }),
  };
}

function isCutFormat({ codec, pixelFormat }: VideoFacts): boolean {
  return pixelFormat !== null && !(codec === "h264" && WHOLE_COLOURS.test(pixelFormat));
}

/** AVI has no presentation times: a copy of reordered pictures would show them in the order of decoding. */
function orderReasons(video: VideoFacts, container: Container): NonStandardReasons {
  return container === "avi" && video.isReordered ? { unexpected_media_file_parameters: NON_STANDARD } : {};
}

interface JudgedSound {
  /** Segments can be cut or encoded from the track as it is. */
  isCut: boolean;
  /** The packets may be copied into a file that is made anew. */
  copies: boolean;
  reasons: NonStandardReasons;
}

function judgeSound(sound: AudioFacts, track: IndexedTrack | null): JudgedSound {
  const { codec, profile } = sound;
  const isAac = codec === "aac" && (profile === null || AAC_PROFILES.includes(profile));
  const unfit = indexReasons("audio", track);
  const isFit = Object.keys(unfit).length === 0;
  return {
    isCut: isFit && track !== null && isCutTrack(sound, track, isAac),
    copies: isFit && (isAac || KEPT_CODECS.includes(codec)) && hasSampleClock(sound, track),
    reasons: { ...(!isAac && { audio_codec: codec }), ...unfit },
  };
}

function isCutTrack(sound: AudioFacts, track: IndexedTrack, isAac: boolean): boolean {
  const { samples, entryTypes } = track;
  if (samples.count === 0 || !entryTypes.every(isCutEntry)) return false;
  if (isAac) return true;
  if (!hasSampleClock(sound, track)) return false;
  const frameBytes = rawFrameBytes(sound.codec, sound.channels);
  if (frameBytes === null) return KEPT_CODECS.includes(sound.codec);
  return samples.size[0] === (samples.duration[0] ?? 0) * frameBytes; // some writers count bytes, not samples
}

/** Packets' times are exact: what is encoded joins without a click only where a packet begins at a whole sample. */
function hasSampleClock({ codec, sampleRate }: AudioFacts, track: IndexedTrack | null): boolean {
  return codec === "aac" || track === null || track.timescale % sampleRate === 0;
}

/** What a track's own tables say against it. Without a track there is nothing to say: the streams may fit all the same. */
function indexReasons(kind: "video" | "audio", track: IndexedTrack | null, codec?: string): NonStandardReasons {
  if (track === null) return {};
  const maxGopSeconds = codec === "h264" ? MAX_GOP_SECONDS : MAX_HEAVY_GOP_SECONDS;
  const isMirrored = track.rotationDegrees === null;
  const shown = track.edits.filter(({ mediaTime }) => mediaTime !== -1);
  const isSimple = shown.length <= 1 && shown.every(({ rate }) => rate === 1);
  return {
    ...(!isSimple && { [`${kind}_edit_list`]: NON_STANDARD }),
    ...((track.entryTypes.length > 1 || (kind === "video" && isMirrored)) && {
      unexpected_media_file_parameters: NON_STANDARD,
    }),
    ...(kind === "video" && showsTwoAtOnce(track) && { unexpected_media_file_parameters: NON_STANDARD }),
    ...(kind === "video" && longestGopSeconds(track) > maxGopSeconds && { video_gop_size: "high" }),
  };
}

/** Some recorders give a picture no time at all. Players show the second one; a segment plan needs one picture a time. */
function showsTwoAtOnce({ samples: { count, dts, cts } }: IndexedTrack): boolean {
  const times = Float64Array.from({ length: count }, (_, sample) => (dts[sample] ?? 0) + (cts[sample] ?? 0)).sort();
  return times.some((time, at) => at > 0 && time === times[at - 1]);
}

function longestGopSeconds({ samples: { count, dts, isSync }, timescale }: IndexedTrack): number {
  let [longest, start] = [0, dts[0] ?? 0];
  for (let index = 0; index < count; index += 1) {
    const time = dts[index] ?? 0;
    longest = Math.max(longest, time - start);
    if (isSync[index] === 1) start = time;
  }
  return longest / timescale;
}

/** Whether segments cut from the file as it is would show this picture: no other track, and none where there is no picture. */
function isPlayed(
  played: IndexedTrack | null,
  stream: object | null,
  track: IndexedTrack | null,
  reasons: NonStandardReasons,
): boolean {
  if (stream === null) return played === null;
  if (track === null || track.samples.count === 0) return false;
  return played === track || treatment(stream, reasons) === "encode"; // then it is made anew anyway
}

/** ffprobe tells the track's own id; where it does not, the first of its kind is meant. */
function trackOf(id: number | null, kind: "video" | "audio", tracks: readonly IndexedTrack[]): IndexedTrack | null {
  const ofKind = tracks.filter((track) => track.kind === kind);
  return (id === null ? ofKind[0] : ofKind.find((track) => track.id === id)) ?? null;
}
