import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { Logger } from "../observability/logger.ts";

const RECONNECT_MS = 1_000;

export interface Notifications {
  close(): Promise<void>;
}

/**
 * Listens on one channel over a connection of its own and comes back after every loss. `onEvent` is also called after
 * each (re)connect: what was said meanwhile is gone, so listeners read the whole truth again.
 */
export function listenNotifications(url: string, channel: string, onEvent: () => void, log: Logger): Notifications {
  const closing = new AbortController();
  const done = follow(url, channel, onEvent, log, closing.signal);
  return {
    close: async () => {
      closing.abort();
      await done;
    },
  };
}

async function follow(
  url: string,
  channel: string,
  onEvent: () => void,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const client = new Client({
      connectionString: url,
      application_name: `playhead-listen-${channel}`,
      keepAlive: true,
    });
    try {
      const lost = new Promise<void>((resolve) => {
        client.on("error", () => resolve());
        client.on("end", () => resolve());
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await client.connect();
      client.on("notification", onEvent);
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      onEvent();
      await lost;
    } catch (error) {
      log.warn({ err: error, channel }, "cannot listen to postgres, trying on");
    } finally {
      await client.end().catch(() => undefined);
    }
    await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
  }
}
