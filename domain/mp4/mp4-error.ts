/** The file is damaged, or uses what we do not read. The message is one sentence for the customer who sent the file. */
export class Mp4Error extends Error {
  override readonly name = "Mp4Error";
}

/** A track has no clock: what other readers make of its times is a guess, such as a picture a second. */
export class ClockError extends Mp4Error {}

/** What most damage comes down to: a box, a count or a field claims more bytes than there are. */
export function damaged(what: string): Mp4Error {
  return new Mp4Error(`The file is damaged: ${what}`);
}
