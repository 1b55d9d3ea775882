import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { ByteRange } from "../objects.ts";

/** So often in a row may a body break without a byte. */
const TRIES = 4;
const FIRST_WAIT_MS = 100;

/**
 * The bytes of a range through connections that break: what is missing is asked for again. Ends only when all came; rejects
 * with what `asError` makes of the failure otherwise.
 */
export async function* resumedBody(
  first: Readable,
  { start, end }: ByteRange,
  again: (at: number) => Promise<Readable>,
  asError: (error: unknown) => Error,
  wait: (ms: number) => Promise<unknown> = sleep,
): AsyncGenerator<Buffer> {
  let body = first;
  let chunks: AsyncIterator<unknown> = first[Symbol.asyncIterator]();
  let at = start;
  let failures = 0;
  const take = async (): Promise<Buffer | null> => {
    const { value, done } = await chunks.next();
    if (done === true && at < end) throw new Error(`the body ended after ${at - start} of ${end - start} bytes`);
    if (done === true) return null;
    if (!Buffer.isBuffer(value) || at + value.length > end) throw new Error(`more than ${end - start} bytes came`);
    return value;
  };
  const resume = async (): Promise<void> => {
    body.destroy();
    await wait(FIRST_WAIT_MS * 2 ** failures * Math.random());
    body = await again(at);
    chunks = body[Symbol.asyncIterator]();
  };
  const next = async (): Promise<Buffer | null> => {
    for (let isBroken = false; ; ) {
      try {
        if (isBroken) await resume();
        return await take();
      } catch (error) {
        if (at === end) return null; // broken behind the last byte
        failures += 1;
        if (failures === TRIES) throw asError(error);
        isBroken = true;
      }
    }
  };
  try {
    for (let bytes = await next(); bytes !== null; bytes = await next()) {
      at += bytes.length;
      failures = 0;
      yield bytes;
    }
  } finally {
    body.destroy();
  }
}
