import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "../../platform/observability/logger.ts";
import { listenForChanges } from "../../platform/postgres/listen.ts";

export interface FollowOptions<T> {
  url: string;
  /** Such as `playhead-edge-keys`. */
  applicationName: string;
  /** Told on with every change. */
  channel: string;
  read: () => Promise<T>;
  log: Logger;
}

/** Something small of Postgres, all of it in memory. */
export interface Followed<T> {
  /** Null until it has been read once. */
  current(): T | null;
  close(): Promise<void>;
}

/** A notification tells of changes within a second; this only covers one that got lost. */
const REFRESH_MS = 30_000;
/** From one reading to the next at least: whoever writes all day must not keep all edges reading. */
const PAUSE_MS = 1_000;

/** Reads anew with every change. While Postgres is away, what is known goes on to hold. */
export function followPostgres<T>({ url, applicationName, channel, read, log }: FollowOptions<T>): Followed<T> {
  let known: T | null = null;
  let reading: Promise<void> | null = null;
  let again = false;
  const closing = new AbortController();

  async function readAll(): Promise<void> {
    do {
      again = false;
      try {
        known = await read();
      } catch (error) {
        log.warn({ err: error, channel, isKnown: known !== null }, "cannot read changes, going on with what is known");
      }
      await pause(PAUSE_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    } while (again && !closing.signal.aborted);
  }
  function refresh(): void {
    if (closing.signal.aborted) return; // a change that is told while the connection is being closed
    again = true;
    reading ??= readAll().finally(() => {
      reading = null;
    });
  }

  refresh();
  const timer = setInterval(refresh, REFRESH_MS);
  const changes = listenForChanges({ url, applicationName, channel, onChange: refresh, log });
  return {
    current: () => known,
    close: async () => {
      clearInterval(timer);
      closing.abort();
      await changes.close();
      await reading;
    },
  };
}
