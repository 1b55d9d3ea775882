import { cutText } from "../../cut-text.ts";
import { fnv1a } from "../../messages/partition.ts";
import { MAX_ERROR_CODE_LENGTH, MAX_ERROR_MESSAGE_LENGTH } from "../error-category.ts";
import type { ViewRecord } from "../view-record.ts";
import type { ErrorEntry } from "../view-state.ts";
import type { RecordParts } from "./record-source.ts";

/**
 * Number of the group of errors with one code and message (data-api.md §9.1): 31 bits that are the same everywhere and
 * for ever, never 0. Of as much as a view keeps of them, whoever asks.
 */
export function errorTypeId(code: string, message: string): number {
  const [ofCode, ofMessage] = [cutText(code, MAX_ERROR_CODE_LENGTH), cutText(message, MAX_ERROR_MESSAGE_LENGTH)];
  return fnv1a(`${ofCode}\u0000${ofMessage}`) & 0x7fffffff || 1;
}

/** What went wrong. Warnings and refusals on purpose are no failures of playback (data-api.md §4). */
export function errorsOf({ view, timeline }: RecordParts) {
  const { failure, firstFrameAtMs, failedInAdBreak } = timeline;
  const error = failure ?? view.errors[view.errors.length - 1] ?? null;
  const started = firstFrameAtMs !== null;
  const failed = failure !== null && !failure.businessException;
  const refused = failure?.businessException === true;
  return {
    ...textsOf(error),
    playbackFailure: failed,
    videoStartupFailure: failed && !started,
    contentPlaybackFailure: failed && !failedInAdBreak,
    adPlaybackFailure: failed && failedInAdBreak,
    playbackBusinessException: refused,
    videoStartupBusinessException: refused && !started,
  } satisfies Partial<ViewRecord>;
}

function textsOf(error: ErrorEntry | null) {
  if (error === null) return { errorTypeId: null, errorCode: "", errorMessage: "", errorContext: "" };
  const [errorCode, errorMessage] = [String(error.code ?? ""), String(error.message ?? "")];
  const errorContext = String(error.context ?? "");
  return { errorTypeId: errorTypeId(errorCode, errorMessage), errorCode, errorMessage, errorContext };
}
