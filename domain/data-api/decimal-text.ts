/** Digits behind the point beyond which a ratio says nothing. */
const MAX_DECIMALS = 15;

/** A number as decimals are written, never with an exponent: 0.25, 12000, 0.00000031. */
export function decimalText(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  const digits = value.toFixed(MAX_DECIMALS);
  if (digits.includes("e")) return BigInt(value).toString(); // from 1e21 on, where every number is whole
  return digits.replace(/\.?0+$/, "").replace(/^-0$/, "0");
}
