import type { AudioRendition } from "./plan.ts";
import { INPUT_SHIFT_SECONDS } from "./sound-input.ts";

export interface SoundEncodeOptions {
  rendition: Pick<AudioRendition, "sampleRate" | "channels" | "averageBitrate" | "gainDb">;
  /** Samples [start, end) of the presentation that the encoder is fed, at the rendition's rate. */
  feed: { start: number; end: number };
}

const LAYOUTS: Readonly<Record<number, string>> = { 1: "mono", 2: "stereo", 6: "5.1" };

/** A time of the encoder's packets minus this is the presentation's. */
export function encoderShift({ sampleRate }: Pick<AudioRendition, "sampleRate">): number {
  return INPUT_SHIFT_SECONDS * sampleRate;
}

/**
 * Arguments of ffmpeg for a run of encoded sound, from a small MP4 on standard input to fragments on standard output: exactly
 * the samples asked for, with silence where the source has none. A down-mix is made quieter so that no sum of channels can clip.
 */
export function soundEncodeArguments(options: SoundEncodeOptions) {
  return { input: ["-copyts", "-threads", "1", "-f", "mov"], output: output(options, []) };
}

/** The same for a stretch without sound: raw 16-bit zeros on standard input. */
export function silenceEncodeArguments(options: SoundEncodeOptions) {
  const { sampleRate, channels } = options.rendition;
  const seconds = INPUT_SHIFT_SECONDS + options.feed.start / sampleRate;
  return {
    input: ["-f", "s16le", "-ar", String(sampleRate), "-ac", String(channels)],
    output: output(options, [`asetpts=N+${Math.round(seconds * sampleRate)}`]),
  };
}

/**
 * Arguments of ffmpeg for a stretch of speech as a recogniser takes it: from a small MP4 on standard input to mono of that rate,
 * signed 16 bits, on standard output. Nothing comes where nothing can be decoded.
 *
 * @param feed samples [start, end) of the presentation, at that rate
 */
export function speechArguments(sampleRate: number, feed: SoundEncodeOptions["feed"]) {
  const rendition = { sampleRate, channels: 1, averageBitrate: 0, gainDb: 0 };
  return {
    input: ["-copyts", "-threads", "1", "-f", "mov"],
    output: [...SOUND_ALONE, "-af", filters({ rendition, feed }, []), "-c:a", "pcm_s16le", "-f", "s16le"],
  };
}

const SOUND_ALONE = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"];

function output(options: SoundEncodeOptions, first: readonly string[]): string[] {
  const bitrate = String(options.rendition.averageBitrate);
  return [
    ...[...SOUND_ALONE, "-af", filters(options, first), "-c:a", "aac", "-b:a", bitrate, "-threads", "1"],
    ...["-avoid_negative_ts", "disabled", "-f", "mp4", "-movflags", "+cmaf+empty_moov+frag_discont"],
  ];
}

/** Exactly the samples of the feed, silence where the source has none; `first` stands before. */
function filters({ rendition, feed }: SoundEncodeOptions, first: readonly string[]): string {
  const { sampleRate, channels, gainDb } = rendition;
  const [start, end] = [feed.start + encoderShift(rendition), feed.end + encoderShift(rendition)];
  return [
    ...first,
    // twice: a resampler of ffmpeg 5.1 that is to begin at a time gives nothing at all for some rates, such as 16 kHz
    `aresample=osr=${sampleRate}:rematrix_maxval=1`,
    // a hole of over half a millisecond is filled with silence; times are whole samples, so nothing less is one
    `aresample=rematrix_maxval=1:async=1:min_hard_comp=0.0005:first_pts=${start}`,
    `aformat=sample_fmts=fltp:channel_layouts=${LAYOUTS[channels] ?? "stereo"}`,
    ...(gainDb === 0 ? [] : [`volume=${gainDb}dB:precision=float`]),
    `atrim=start_pts=${start}:end_pts=${end}`,
    `apad=whole_len=${end - start}`,
  ].join(",");
}
