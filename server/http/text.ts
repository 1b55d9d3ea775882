import { z } from "zod";

/** Text that Postgres can keep: it knows neither NUL nor halves of surrogate pairs. Length in characters, as people count. */
export const text = (maxLength: number) =>
  z
    .string()
    .refine((value) => value.isWellFormed() && !value.includes("\0"), "has characters that cannot be stored")
    .refine((value) => Array.from(value).length <= maxLength, `has more than ${maxLength} characters`);

/** Clients of typed languages send null for what they leave out. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutNulls(member)]));
}
