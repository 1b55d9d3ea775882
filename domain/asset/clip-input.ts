import type { InputWire } from "./settings-wire.ts";

/** A stretch of another asset as a new one's input, as it is asked for. */
export interface ClipInput {
  sourceAssetId: string;
  startSeconds: number;
  /** Null: to the end. */
  endSeconds: number | null;
}

const SCHEME = /^mux:/i;
const CLIP_URL = /^mux:\/\/assets\/([A-Za-z0-9]+)$/i;
const MIN_SECONDS = 0.5;
/** 2.3 − 1.8 is a little less than 0.5. */
const ROUNDING_SECONDS = 1e-6;

/** Whether an input's URL names something of ours rather than a file on the web. */
export function isClipUrl(url: string): boolean {
  return SCHEME.test(url);
}

/** What is wrong with an input whose URL is `mux://…` (reference video-api.md §3.1), as far as it tells without the source. */
export function clipProblems(input: InputWire, at: string): string[] {
  const { url = "", start_time: start = 0, end_time: end } = input;
  return [
    ...(CLIP_URL.test(url) ? [] : [`${at}.url: a clip is made of mux://assets/ and the id of an asset`]),
    ...(start < 0 ? [`${at}.start_time: is less than 0`] : []),
    ...(end !== undefined && start >= 0 && !isLongEnough(start, end) ? [tooShort(`${at}.end_time`)] : []),
  ];
}

/** @param input without problems */
export function clipInputOf({ url = "", start_time: start = 0, end_time: end }: InputWire): ClipInput {
  return { sourceAssetId: CLIP_URL.exec(url)?.[1] ?? "", startSeconds: start, endSeconds: end ?? null };
}

/**
 * The stretch of a source that lasts so long, or a sentence about why there is none. What is asked for behind the source's
 * end is left out, as in a range of bytes (RFC 9110 §14.1.2).
 */
export function clipSpan(
  { startSeconds, endSeconds }: ClipInput,
  sourceSeconds: number,
): { startSeconds: number; endSeconds: number } | { problem: string } {
  const end = Math.min(endSeconds ?? sourceSeconds, sourceSeconds);
  if (isLongEnough(startSeconds, end)) return { startSeconds, endSeconds: end };
  return { problem: `${tooShort("start_time")}; the source asset lasts ${sourceSeconds} s` };
}

function isLongEnough(startSeconds: number, endSeconds: number): boolean {
  return endSeconds - startSeconds > MIN_SECONDS - ROUNDING_SECONDS;
}

function tooShort(field: string): string {
  return `${field}: a clip lasts ${MIN_SECONDS} s at least`;
}
