export type RefusalReason = "url" | "scheme" | "credentials" | "port" | "private_address" | "redirects";

const REFUSALS: Record<RefusalReason, string> = {
  url: "The URL cannot be read.",
  scheme: "Only http and https URLs are fetched.",
  credentials: "URLs with a user name or password are not fetched.",
  port: "The URL's port is not usable.",
  private_address: "The URL leads to a private or local address, which is not fetched.",
  redirects: "The URL redirects too often.",
};

/** A URL that is not fetched, now or later. The message is for the customer and tells nothing of our network. */
export class FetchRefusedError extends Error {
  override readonly name = "FetchRefusedError";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, options?: ErrorOptions) {
    super(REFUSALS[reason], options);
    this.reason = reason;
  }
}

export type FetchFailure = "dns" | "connect" | "tls" | "protocol" | "timeout" | "truncated" | "status";

const FAILURES: Record<FetchFailure, string> = {
  dns: "The URL's host name cannot be resolved.",
  connect: "The URL's host cannot be connected to.",
  tls: "The URL's host has no valid certificate.",
  protocol: "The URL's host does not answer in HTTP.",
  timeout: "The URL's host sends nothing.",
  truncated: "The connection ended before all bytes had come.",
  status: "The URL's host answered with an error",
};

/** What may pass by itself; a bad certificate and a 404 stay. */
const RETRIABLE: readonly FetchFailure[] = ["dns", "connect", "timeout", "truncated"];
const RETRIABLE_STATUSES: readonly number[] = [408, 425, 429];

/** A fetch that was tried. The message is for the customer. */
export class FetchFailedError extends Error {
  override readonly name = "FetchFailedError";
  readonly reason: FetchFailure;
  /** The answer's status when that is the reason. */
  readonly status: number | null;
  readonly isRetriable: boolean;

  constructor(reason: FetchFailure, options?: ErrorOptions & { status?: number }) {
    const status = options?.status ?? null;
    super(status === null ? FAILURES[reason] : `${FAILURES.status}: ${status}.`, options);
    this.reason = reason;
    this.status = status;
    const isPassing = status !== null && (status >= 500 || RETRIABLE_STATUSES.includes(status));
    this.isRetriable = isPassing || RETRIABLE.includes(reason);
  }
}

const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO$)/;

/** The typed error for what node:http, net and tls throw before an answer has come. */
export function connectionError(cause: unknown): FetchFailedError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (TLS_CODE.test(code)) return new FetchFailedError("tls", { cause });
  if (code.startsWith("HPE_")) return new FetchFailedError("protocol", { cause });
  return new FetchFailedError(code === "ETIMEDOUT" ? "timeout" : "connect", { cause });
}
