/** The nearest even length that is one: 4:2:0 has a colour for each two pixels. */
export function evenPx(px: number): number {
  return Math.max(2, 2 * Math.round(px / 2));
}
