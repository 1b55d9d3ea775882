/** Each way a request can fail and the HTTP status it maps to. Documented one by one in docs/errors.md. */
export const API_ERRORS = {
  invalid_parameters: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  gone: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  statement_too_costly: 422,
  limit_reached: 422,
  rate_limited: 429,
  headers_too_large: 431,
  unavailable: 503,
} as const;

export type ApiErrorType = keyof typeof API_ERRORS;

/** Body of every failed answer, also of those that are our fault (type `internal_error`). */
export interface ErrorWire {
  error: { type: ApiErrorType | "internal_error"; messages: readonly string[] };
}

export interface ApiErrorOptions extends ErrorOptions {
  /** When asking again makes sense, in whole seconds; sent as Retry-After. */
  retryAfterSeconds?: number;
}

/** A failure the caller caused and can act on. Any other throw is ours: logged with its cause, answered 500. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly type: ApiErrorType;
  readonly messages: readonly string[];
  readonly retryAfterSeconds: number | null;

  constructor(type: ApiErrorType, messages: readonly string[], options?: ApiErrorOptions) {
    super(`${type}: ${messages.join("; ")}`, options);
    this.type = type; // fields are assigned here: Node strips types and refuses parameter properties
    this.messages = messages;
    this.retryAfterSeconds = options?.retryAfterSeconds ?? null;
  }
}
