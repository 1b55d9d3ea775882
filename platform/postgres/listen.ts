import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import type { Logger } from "../observability/logger.ts";

export interface ListenOptions {
  url: string;
  applicationName: string;
  /** Such as `env_keys_changed`; a constant of ours, never input. */
  channel: string;
  /**
   * Called with each payload, and with null after every (re)connection: what changed before or in between was not heard,
   * so the caller reads everything then.
   */
  onChange: (payload: string | null) => void;
  log: Logger;
}

export interface Subscription {
  /** False while the connection is down: changes arrive late, by the reading after the next connection. */
  isConnected(): boolean;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** A half-dead connection is silent like a quiet one; asking tells them apart. */
const PROBE_EVERY_MS = 10_000;

/** Hears a channel of Postgres for as long as the program runs, through restarts of the engine. Never rejects. */
export function listenForChanges(options: ListenOptions): Subscription {
  const stop = new AbortController();
  let connected = false;
  const loop = keepListening(options, stop.signal, (value) => {
    connected = value;
  });
  return {
    isConnected: () => connected,
    close: async () => {
      stop.abort();
      await loop;
    },
  };
}

async function keepListening(
  options: ListenOptions,
  stop: AbortSignal,
  setConnected: (connected: boolean) => void,
): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!stop.aborted) {
    try {
      await listenOnce(options, stop, () => {
        retryMs = FIRST_RETRY_MS;
        setConnected(true);
      });
    } catch (error) {
      if (!stop.aborted) options.log.warn({ err: error, channel: options.channel }, "listening connection lost");
    }
    setConnected(false);
    await delay(retryMs * (0.5 + Math.random() / 2), undefined, { signal: stop }).catch(() => {});
    retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
  }
}

/** One connection, from connecting to its end; rejects when it breaks, resolves when told to stop. */
async function listenOnce(
  { url, applicationName, channel, onChange }: ListenOptions,
  stop: AbortSignal,
  onConnected: () => void,
): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  const ended = new Promise<void>((resolve, reject) => {
    client.on("error", reject); // more than once: told of the stop, and then of the end
    client.once("end", () => reject(new Error("connection ended")));
    stop.addEventListener("abort", () => resolve(), { once: true });
  });
  ended.catch(() => {}); // heard below; unheard when connecting itself fails
  let probe: NodeJS.Timeout | undefined;
  try {
    await client.connect();
    client.on("notification", ({ payload }) => onChange(payload ?? ""));
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    onConnected();
    onChange(null);
    const dead = new Promise<never>((_, reject) => {
      probe = setInterval(() => client.query("select 1").catch(reject), PROBE_EVERY_MS);
    });
    await Promise.race([ended, dead]);
  } finally {
    clearInterval(probe);
    await client.end().catch(() => {});
  }
}
