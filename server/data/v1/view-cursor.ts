import type { Timeframe } from "../../../domain/data-api/timeframe.ts";
import { ApiError } from "../../../domain/errors.ts";
import type { ViewPlace } from "../../../domain/metrics/ask/ask-views.ts";

/** Behind which view a list goes on, and the range that it was of when its first page was asked. */
export type ViewCursor = ViewPlace & Timeframe;

export function encodeViewCursor({ fromMs, toMs, viewEndMs, viewId }: ViewCursor): string {
  return Buffer.from([fromMs, toMs, viewEndMs, viewId].join(".")).toString("base64url");
}

/** 15 digits of milliseconds reach beyond every time that the store has. */
const CURSOR = /^(\d{1,13})\.(\d{1,13})\.(\d{1,13})\.(.{1,255})$/s;

/** @throws ApiError for what is no cursor */
export function decodeViewCursor(text: string): ViewCursor {
  const [, fromMs, toMs, viewEndMs, viewId] = CURSOR.exec(Buffer.from(text, "base64url").toString()) ?? [];
  if (viewId === undefined)
    throw new ApiError("invalid_parameters", ["cursor: is none of those given out as next_cursor"]);
  return { fromMs: Number(fromMs), toMs: Number(toMs), viewEndMs: Number(viewEndMs), viewId };
}
