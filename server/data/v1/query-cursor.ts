import { createHash } from "node:crypto";
import { z } from "zod";
import type { Timeframe } from "../../../domain/data-api/timeframe.ts";
import { ApiError } from "../../../domain/errors.ts";

/** Where a walk over an answer goes on. */
export interface QueryCursor {
  /** Of the first page: a span up to now would else move on from page to page. */
  timeframe: Timeframe;
  /** Sort keys of the last row that was told. */
  after: readonly string[];
}

/** As long as what is kept of a view's texts (`MAX_LONG_FIELD_LENGTH`): a row may end on any of them. */
const MAX_KEY_LENGTH = 8_192;

const CursorText = z.tuple([
  z.string(),
  z.number().int().min(0).max(8e12),
  z.number().int().min(0).max(8e12),
  z.array(z.string().max(MAX_KEY_LENGTH)).max(8),
]);

/** @param question all that the answer depends on, but the page */
export function encodeQueryCursor({ timeframe, after }: QueryCursor, question: unknown): string {
  const content: z.input<typeof CursorText> = [hashOf(question), timeframe.fromMs, timeframe.toMs, [...after]];
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}

/** @throws ApiError for what is no cursor of this question */
export function decodeQueryCursor(text: string, question: unknown): QueryCursor {
  const read = CursorText.safeParse(parsed(text));
  if (!read.success) throw wrong("is none of those given out as next_cursor");
  const [hash, fromMs, toMs, after] = read.data;
  if (hash !== hashOf(question)) throw wrong("belongs to another question; send the same one with it");
  if (fromMs >= toMs) throw wrong("is none of those given out as next_cursor");
  return { timeframe: { fromMs, toMs }, after };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return null;
  }
}

function hashOf(question: unknown): string {
  return createHash("sha256").update(JSON.stringify(question)).digest("base64url").slice(0, 16);
}

function wrong(what: string): ApiError {
  return new ApiError("invalid_parameters", [`cursor: ${what}`]);
}
