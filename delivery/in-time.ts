import { setTimeout as delay } from "node:timers/promises";
import { PostgresUnavailable } from "../platform/postgres/errors.ts";

/** A database that does not answer in time counts as away. The question itself goes on; what comes of it is not lost. */
export async function inTime<T>(answer: Promise<T>, patienceMs: number): Promise<T> {
  const answered = new AbortController();
  const late = delay(patienceMs, undefined, { signal: answered.signal }).then(() => {
    throw new PostgresUnavailable(`no answer within ${patienceMs} ms`);
  });
  late.catch(() => undefined); // ends with an error when the answer is there
  answer.catch(() => undefined); // may fail when nobody waits any more
  try {
    return await Promise.race([answer, late]);
  } finally {
    answered.abort();
  }
}
