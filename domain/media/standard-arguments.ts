import { toneMapFilters } from "./picture-filters.ts";
import { encodedSampleRate } from "./sound-grid.ts";
import { type SourceFacts, shownSize, type VideoFacts } from "./source-facts.ts";
import { MAX_FRAME_RATE, MIN_FRAME_RATE, type StreamTreatment } from "./standard-input.ts";

export interface StandardTreatment {
  video: StreamTreatment;
  /** Of each sound of the facts. */
  sounds: readonly StreamTreatment[];
}

const MAX_SIDE_PX = 4096;
/** Distance of sync samples: where just-in-time segments may begin. */
const GOP_SECONDS = 2;
/** For rates that cannot be kept, as the reference system does. */
const FALLBACK_FRAME_RATE = 30;
const MOVIE_TIMESCALE = 48_000;
const AUDIO_BITRATE = 128_000;
/** Where time goes back, as in recordings put together, the past is not shown again. ffmpeg would keep one of its pictures, a tick late. */
const LATER_ONES = "select='isnan(pts)+isnan(prev_selected_pts)+gt(pts,prev_selected_pts)'";

/**
 * Output arguments of the ffmpeg run that makes a plain MP4 of any source: the chosen streams, copied or encoded, nothing else. The
 * file's first time becomes 0; what starts later keeps its delay, by an empty edit, or by silence where sound is encoded.
 */
export function standardArguments(facts: SourceFacts, treatment: StandardTreatment): string[] {
  const video = treatment.video === "none" ? null : facts.video;
  const sounds = facts.sounds.filter((_, at) => treatment.sounds[at] !== "none");
  const treatments = treatment.sounds.filter((one) => one !== "none");
  return [
    ...(video === null ? ["-vn"] : ["-map", `0:${video.streamIndex}`]),
    ...(sounds.length === 0 ? ["-an"] : sounds.flatMap(({ streamIndex }) => ["-map", `0:${streamIndex}`])),
    ...["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-write_tmcd", "0"],
    ...(video === null ? [] : treatment.video === "copy" ? copyArguments(video) : pictureArguments(video)),
    ...sounds.flatMap((sound, at) => (treatments[at] === "copy" ? [`-c:a:${at}`, "copy"] : soundArguments(sound, at))),
    // ffmpeg 5.1 calls FLAC in an MP4 experimental, and refuses it without this.
    ...(sounds.some(({ codec }, at) => codec === "flac" && treatments[at] === "copy")
      ? ["-strict", "experimental"]
      : []),
    // A stream may begin minutes after the other: its packets are kept until both are known.
    ...["-max_muxing_queue_size", "16384"],
    // Delays of streams are written in this clock; the usual millisecond would round them.
    ...["-f", "mp4", "-movie_timescale", String(MOVIE_TIMESCALE)],
  ];
}

/** Width and height after standardising: as shown, even, at most 4096 on a side. */
export function standardSize(video: VideoFacts): { widthPx: number; heightPx: number } {
  const { widthPx, heightPx } = shownSize(video);
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(widthPx, heightPx));
  return { widthPx: evenBelow(widthPx * scale), heightPx: evenBelow(heightPx * scale) };
}

/** The muxer's own name for HEVC, `hev1`, allows parameter sets among the samples, where players do not look for them. */
function copyArguments({ codec }: VideoFacts): string[] {
  return ["-c:v", "copy", ...(codec === "hevc" ? ["-tag:v", "hvc1"] : [])];
}

function pictureArguments(video: VideoFacts): string[] {
  const { widthPx, heightPx } = standardSize(video);
  const rate = video.averageFrameRate;
  const isRateKept = rate !== null && rate >= MIN_FRAME_RATE && rate <= MAX_FRAME_RATE;
  const filters = [
    LATER_ONES,
    // One picture out for each one in, and only for those that are marked as interlaced.
    ...(video.isInterlaced ? ["bwdif=mode=send_frame:deint=interlaced"] : []),
    ...(isRateKept ? [] : [`fps=${FALLBACK_FRAME_RATE}`]),
    `scale=${widthPx}:${heightPx}`,
    ...(video.hdr === null ? [] : toneMapFilters(video.hdr)),
    "setsar=1",
  ];
  return [
    ...["-filter:v", filters.join(","), "-c:v", "libx264", "-profile:v", "high", "-preset", "veryfast", "-crf", "20"],
    ...["-pix_fmt", "yuv420p", "-flags", "+cgop", "-g", "9999", "-keyint_min", "1", "-sc_threshold", "0"],
    ...["-force_key_frames", `expr:gte(t,n_forced*${GOP_SECONDS})`],
    // Every picture keeps its time; of two at the same time one goes. The clock of frames (the default) would round times.
    ...(isRateKept ? ["-fps_mode", "vfr", "-enc_time_base", "-1"] : []),
  ];
}

/** @param at place among the sounds of the output */
function soundArguments(audio: { channels: number; sampleRate: number }, at: number): string[] {
  return [
    // Holes and a late start are filled with silence, so that packets are on one grid from the file's first time on.
    ...[`-filter:a:${at}`, "aresample=async=1:min_hard_comp=0.1:first_pts=0", `-c:a:${at}`, "aac"],
    ...[`-b:a:${at}`, String(AUDIO_BITRATE), `-ac:a:${at}`, String(Math.min(audio.channels, 2))],
    ...[`-ar:a:${at}`, String(encodedSampleRate(audio.sampleRate))],
  ];
}

/** Never more than there is. */
function evenBelow(px: number): number {
  return Math.max(2, 2 * Math.floor(px / 2));
}
