import type { Row } from "./measure-question.ts";

/** Sums of floating numbers differ by the order of adding. */
const TOLERANCE = 1e-9;

/** The first difference in the columns that count, as a sentence; null where both say the same. */
export function differenceOf(
  ours: readonly Row[],
  hand: readonly Row[],
  columns: readonly string[],
  tolerance: number = TOLERANCE,
): string | null {
  if (ours.length !== hand.length) return `${ours.length} rows, by hand ${hand.length}`;
  for (const [at, row] of ours.entries()) {
    for (const column of columns) {
      const [one, other] = [row[column], hand[at]?.[column]];
      if (!isSame(one, other, tolerance))
        return `row ${at}, ${column}: ${JSON.stringify(one)}, by hand ${JSON.stringify(other)}`;
    }
  }
  return null;
}

function isSame(one: unknown, other: unknown, tolerance: number): boolean {
  if (typeof one === "number" && typeof other === "number") {
    return Math.abs(one - other) <= tolerance * Math.max(1, Math.abs(one), Math.abs(other));
  }
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
