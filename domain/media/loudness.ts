/** What `normalize_audio` aims at (reference: video-api.md §3.1). */
const TARGET_LUFS = -24;
/** Highest sample after amplifying. Between samples a signal may be higher by a little, and encoding adds some. */
const MAX_PEAK_DB = -1.5;
/** Less is silence to the meter (EBU R 128: the absolute gate). */
const GATE_LUFS = -70;
/** Quieter films would have little but their noise amplified. */
const MAX_GAIN_DB = 24;

export interface Loudness {
  /** Integrated loudness of the whole, ITU-R BS.1770. */
  lufs: number;
  /** Highest absolute sample, 1 is full scale. */
  samplePeak: number;
}

/**
 * The one gain that brings a sound to −24 LUFS, dB to a hundredth. A sound whose peaks leave no room for it stays quieter: a
 * limiter would act on what came before, and segments are made apart. 0 for silence.
 */
export function normalisingGain({ lufs, samplePeak }: Loudness): number {
  if (!Number.isFinite(lufs) || lufs <= GATE_LUFS || samplePeak <= 0) return 0;
  const room = MAX_PEAK_DB - 20 * Math.log10(samplePeak);
  const gain = Math.min(TARGET_LUFS - lufs, MAX_GAIN_DB, Math.max(0, room));
  return Math.round(gain * 100) / 100;
}

/** Options of ffmpeg that measure; the last of what they print is the whole's. */
export const LOUDNESS_ARGUMENTS: readonly string[] = [
  ...["-map", "0:a:0", "-vn", "-sn", "-dn"],
  ...["-af", "ebur128=peak=sample:metadata=1,ametadata=mode=print:file=-", "-f", "null"],
];

/** Reads what {@link LOUDNESS_ARGUMENTS} print. Null where nothing was heard. */
export function readLoudness(printed: string): Loudness | null {
  const lufs = last(printed, "lavfi.r128.I");
  const samplePeak = last(printed, "lavfi.r128.sample_peak");
  return lufs === null || samplePeak === null ? null : { lufs, samplePeak };
}

function last(printed: string, key: string): number | null {
  const at = printed.lastIndexOf(`${key}=`);
  if (at < 0) return null;
  const value = Number.parseFloat(printed.slice(at + key.length + 1));
  return Number.isNaN(value) ? null : value;
}
