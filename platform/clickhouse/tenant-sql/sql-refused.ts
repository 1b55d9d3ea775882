/** What a refusal is about: the statement itself, or what it costs. */
export type RefusalKind = "invalid" | "too_costly";

/** A customer's statement that is not run, or not to its end; the message is for whoever wrote it. */
export class SqlRefused extends Error {
  override readonly name = "SqlRefused";
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export const invalid = (message: string): SqlRefused => new SqlRefused("invalid", message);
