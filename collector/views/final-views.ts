import { hash } from "node:crypto";
import { HourOfFinals, type KeyHash } from "./hour-of-finals.ts";

const HOUR_MS = 3_600_000;
/** The SDKs repeat unanswered batches for ever; after a day a final view's events would open it anew. */
export const MEMORY_HOURS = 24;

/**
 * Views that are final, remembered for 24 to 25 hours of log time by hour of becoming final: enough to file late events
 * under the key of their view. Forgets whole hours, and by the time of the record that asks, so that a replay decides
 * the same.
 */
export class FinalViews {
  /** By number of the hour since 1970. */
  readonly hours = new Map<number, HourOfFinals>();

  get size(): number {
    let size = 0;
    for (const hour of this.hours.values()) size += hour.size;
    return size;
  }

  /** When the view first arrived, if it was final at `atMs`; null when it is unknown. */
  find(key: string, atMs: number): number | null {
    if (this.hours.size === 0) return null;
    const hashed = hashOf(key);
    let [found, newest]: [number | null, number] = [null, -1];
    for (const [hour, finals] of this.hours) {
      if (hour <= newest || isForgotten(hour, atMs)) continue; // a view that was opened anew is in two of them
      const firstSeenMs = finals.find(hashed);
      if (firstSeenMs !== null) [found, newest] = [firstSeenMs, hour];
    }
    return found;
  }

  add(key: string, { firstSeenMs, finalAtMs }: { firstSeenMs: number; finalAtMs: number }): void {
    this.hourAt(Math.floor(finalAtMs / HOUR_MS)).add(hashOf(key), firstSeenMs);
  }

  hourAt(hour: number): HourOfFinals {
    const known = this.hours.get(hour);
    if (known !== undefined) return known;
    const made = new HourOfFinals();
    this.hours.set(hour, made);
    return made;
  }

  forget(nowMs: number): void {
    for (const hour of this.hours.keys()) if (isForgotten(hour, nowMs)) this.hours.delete(hour);
  }
}

function isForgotten(hour: number, nowMs: number): boolean {
  return nowMs >= (hour + 1 + MEMORY_HOURS) * HOUR_MS;
}

/** About 1 µs; asked for new views and for late events only. */
function hashOf(key: string): KeyHash {
  const digest = hash("sha256", key, "buffer");
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)];
}
