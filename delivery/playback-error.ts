/**
 * Each way a playback request can fail and its HTTP status (reference video-api.md §8.6): players tell them apart by it.
 * Documented one by one in docs/playback.md.
 */
export const PLAYBACK_ERRORS = {
  invalid_parameters: 400,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_ready: 412,
  range_not_satisfiable: 416,
  unavailable: 503,
} as const;

export type PlaybackErrorType = keyof typeof PLAYBACK_ERRORS;

export interface PlaybackErrorOptions extends ErrorOptions {
  /** When asking again makes sense, in whole seconds; sent as Retry-After. */
  retryAfterSeconds?: number;
}

/** An answer other than what was asked for. Any other throw is a fault of ours: logged with its cause, answered 500. */
export class PlaybackError extends Error {
  override readonly name = "PlaybackError";
  readonly type: PlaybackErrorType;
  readonly messages: readonly string[];
  readonly retryAfterSeconds: number | null;

  constructor(type: PlaybackErrorType, messages: readonly string[], options?: PlaybackErrorOptions) {
    super(`${type}: ${messages.join("; ")}`, options);
    this.type = type; // fields are assigned here: Node strips types and refuses parameter properties
    this.messages = messages;
    this.retryAfterSeconds = options?.retryAfterSeconds ?? null;
  }
}

const RETRY_AFTER_SECONDS = 1;

/** It exists, but not now: never 404, which players take for good. */
export function unavailable(message: string, options: PlaybackErrorOptions = {}): PlaybackError {
  return new PlaybackError("unavailable", [message], { retryAfterSeconds: RETRY_AFTER_SECONDS, ...options });
}
