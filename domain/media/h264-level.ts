/** [level_idc, macroblocks per second, macroblocks per picture, bit/s of the High profile]: ITU-T H.264 table × 1.25. */
const LEVELS = [
  [13, 11_880, 396, 960_000],
  [20, 11_880, 396, 2_500_000],
  [21, 19_800, 792, 5_000_000],
  [22, 20_250, 1_620, 5_000_000],
  [30, 40_500, 1_620, 12_500_000],
  [31, 108_000, 3_600, 17_500_000],
  [32, 216_000, 5_120, 25_000_000],
  [40, 245_760, 8_192, 25_000_000],
  [42, 522_240, 8_704, 62_500_000],
  [50, 589_824, 22_080, 168_750_000],
  [51, 983_040, 36_864, 300_000_000],
  [52, 2_073_600, 36_864, 300_000_000],
] as const;

const MACROBLOCK_PX = 16;
/** Level 1 to 3 allow pictures of any shape up to √(8 × size); ours are never that long. */
const HIGHEST = 52;

/**
 * Lowest level (as `level_idc`, 31 for level 3.1) whose limits hold for pictures of this size, rate and peak bitrate. It is
 * given to the encoder and promised in playlists, so that both are known before anything is encoded.
 */
export function h264Level(widthPx: number, heightPx: number, frameRate: number, peakBitrate: number): number {
  const macroblocks = Math.ceil(widthPx / MACROBLOCK_PX) * Math.ceil(heightPx / MACROBLOCK_PX);
  const found = LEVELS.find(
    ([, perSecond, perPicture, bitrate]) =>
      macroblocks <= perPicture && macroblocks * frameRate <= perSecond && peakBitrate <= bitrate,
  );
  return found?.[0] ?? HIGHEST;
}

/** RFC 6381 name of our encodes: High profile without constraint flags. */
export function h264HighCodecs(level: number): string {
  return `avc1.6400${level.toString(16).padStart(2, "0")}`;
}
