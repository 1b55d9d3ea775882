import { setTimeout as sleep } from "node:timers/promises";
import { type ClickHouse, ClickHouseError } from "../../platform/clickhouse/clickhouse.ts";
import type { Logger } from "../../platform/observability/logger.ts";

/** An insert costs the engine 7 ms of processor time, whatever it says (docs/decisions/as-of.md). */
const TELL_MS = 1_000;

export interface StoredUntilDeps {
  clickhouse: ClickHouse;
  log: Logger;
  /** Log time up to which everything is stored, by whomever; null while unknown. */
  asOfMs: () => number | null;
}

/**
 * Tells in table `stored_until` how far the store is filled, for whoever answers from it. Several processes may do so at
 * once: each says only what is true, and the latest counts. A word that the store does not take is not repeated, for the
 * next one says more.
 */
export function tellStoredUntil(deps: StoredUntilDeps): { close(): Promise<void> } {
  const closing = new AbortController();
  const telling = tellOn(deps, closing.signal);
  return {
    close: async () => {
      closing.abort();
      await telling;
    },
  };
}

async function tellOn({ clickhouse, log, asOfMs }: StoredUntilDeps, signal: AbortSignal): Promise<void> {
  let toldMs: number | null = null;
  let isTroubled = false;
  while (!signal.aborted) {
    const ms = asOfMs();
    if (ms !== null && ms !== toldMs) {
      const trouble = await tell(clickhouse, ms);
      if (trouble === null) toldMs = ms;
      else if (!isTroubled) log.warn({ err: trouble }, "store does not take how far it is filled, trying on");
      isTroubled = trouble !== null;
    }
    await sleep(TELL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function tell(clickhouse: ClickHouse, ms: number): Promise<ClickHouseError | null> {
  try {
    await clickhouse.insert("stored_until", ["topic", "as_of"], [["beacons", new Date(ms)]]);
    return null;
  } catch (error) {
    if (error instanceof ClickHouseError) return error;
    throw error;
  }
}
