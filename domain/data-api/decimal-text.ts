/** Digits behind the point beyond which a ratio says nothing. */
const MAX_DECIMALS = 15;

/** A number as decimals are written, never with an exponent: 0.25, 12000, 0.00000031. */
export function decimalText(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  const digits = value.toFixed(MAX_DECIMALS); // exact above 1e21, which toFixed writes with an exponent itself
  return digits.includes("e") ? BigInt(value).toString() : digits.replace(/\.?0+$/, "");
}
