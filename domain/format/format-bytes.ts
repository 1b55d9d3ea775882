const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;
const STEP = 1_000;

/** A size as people and file managers count it, in powers of 1,000: `812 kB`, `4.1 MB`, `1.4 GB`. */
export function formatBytes(sizeBytes: number): string {
  return scaled(sizeBytes, UNITS);
}

/** How fast something travels: `4.1 MB/s`. */
export function formatByteRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A bitrate, in bit/s: `640 kbit/s`, `4.8 Mbit/s`. */
export function formatBitrate(bitrate: number): string {
  return scaled(bitrate, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"]);
}

/** Tenths only where they tell something: from the third unit on, below a hundred. */
function scaled(value: number, units: readonly string[]): string {
  let step = 0;
  let rest = Math.max(0, value);
  while (step < units.length - 1 && Math.round(rest) >= STEP) {
    rest /= STEP;
    step += 1;
  }
  const digits = step >= 2 && rest < 99.95 ? 1 : 0;
  return `${rest.toFixed(digits)} ${units[step]}`;
}
