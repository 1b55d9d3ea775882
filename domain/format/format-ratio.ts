import { NOTHING } from "./format-count.ts";

/** Smaller shares than this are told as an upper bound: they are not zero, and an operator has to know. */
const SMALLEST_RATIO = 0.0001;

/**
 * A ratio 0..1 as a percentage with as many digits as help: `0%`, `0.42%`, `3.1%`, `27%`, `100%`. Rounds towards the
 * middle at both ends, so that `0%` and `100%` are said only when they are true.
 */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) return NOTHING;
  if (ratio === 0) return "0%";
  if (ratio < SMALLEST_RATIO) return "<0.01%";
  const percent = ratio * 100;
  if (percent < 1) return `${percent.toFixed(2)}%`;
  if (percent < 9.95) return `${percent.toFixed(1)}%`;
  return ratio < 1 ? `${Math.min(99, Math.round(percent))}%` : "100%";
}

/** A part of a whole, as a whole percentage: `<1%`, `34%`. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return NOTHING;
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 1) return "<1%";
  return `${Math.min(Math.round(percent), part < whole ? 99 : 100)}%`;
}
