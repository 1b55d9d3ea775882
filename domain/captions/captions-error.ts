/** A file that is no captions we can read. The message is for the customer: the line, what is wrong, and what helps. */
export class CaptionsError extends Error {
  override readonly name = "CaptionsError";
  /** From 1; null where the whole file is meant. */
  readonly line: number | null;

  constructor(line: number | null, message: string) {
    super(line === null ? message : `Line ${line}: ${message}`);
    this.line = line;
  }
}
