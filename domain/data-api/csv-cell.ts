import { decimalText } from "./decimal-text.ts";

/** A cell of CSV (RFC 4180). No value is an empty cell, a list or object is JSON, flags are `true` and `false`. */
export function csvCell(value: unknown): string {
  if (value === null) return "";
  const text =
    typeof value === "number" ? decimalText(value) : typeof value === "object" ? JSON.stringify(value) : `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
