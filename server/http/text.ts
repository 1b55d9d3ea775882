import { z } from "zod";

/** Text that Postgres can keep: it knows neither NUL nor halves of surrogate pairs. Length in characters, as people count. */
export const text = (maxLength: number) =>
  z
    .string()
    .refine((value) => value.isWellFormed() && !value.includes("\0"), "has characters that cannot be stored")
    .refine((value) => Array.from(value).length <= maxLength, `has more than ${maxLength} characters`);

/** What a list is searched for; empty text asks for nothing. */
export const searched = <T extends z.ZodType<string>>(value: T) =>
  value.transform((asked) => (asked === "" ? undefined : asked)).optional();
