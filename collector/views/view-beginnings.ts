import { type BeaconRecord, decodeBeaconRecord, encodeTick } from "../../domain/messages/beacon-record.ts";
import { decodeEvent } from "../../domain/wire/decode-events.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { viewKey } from "./open-view.ts";

const HOUR_MS = 3_600_000;
/** After this nothing of a view from before the log can come without the fold taking it for a new view (partition-fold.ts). */
const LATEST_MS = 25 * HOUR_MS;
/** Within this even a first event may be the repeat of one that the log no longer has. */
const REPEATS_MS = HOUR_MS;

/**
 * Tells, while a partition is read from its beginning, which views it holds from their own beginning. A view that began
 * before would be folded from its middle, under another key: its rows must not be written. Where that cannot be told it is
 * taken to have begun before.
 */
export class ViewBeginnings {
  /** The log has let go of nothing yet: all views begin in it. */
  readonly whole: boolean;
  readonly #fromMs: number;
  readonly #begun = new Set<string>();
  readonly #before = new Set<string>();

  /** @param log where the partition begins, log time */
  constructor({ fromMs, whole }: { fromMs: number; whole: boolean }) {
    this.#fromMs = fromMs;
    this.whole = whole;
  }

  /** Views that are left out. */
  get leftOut(): number {
    return this.#before.size;
  }

  /** Ask for every record, in order. */
  isKnown(stored: StoredRecord): boolean {
    if (this.whole) return true;
    const record = decodeBeaconRecord(stored.value.toString("utf8"));
    if (record === null || "tickMs" in record) return true;
    const key = viewKey(record.environmentId, record.viewId);
    if (this.#before.has(key)) return false;
    if (this.#begun.has(key)) return true;
    const begins = this.#begins(record);
    (begins ? this.#begun : this.#before).add(key);
    return begins;
  }

  #begins(record: BeaconRecord): boolean {
    const sinceMs = record.arrivedAtMs - this.#fromMs;
    if (sinceMs >= LATEST_MS) return true;
    return sinceMs >= REPEATS_MS && holdsFirstEvent(record);
  }
}

/** The SDKs count a view's events from 1. */
function holdsFirstEvent({ events }: BeaconRecord): boolean {
  return events.some((raw) => {
    const decoded = decodeEvent(raw);
    return decoded.kind !== "rejected" && decoded.event.sequence <= 1;
  });
}

/** What is left of a record whose view is left out: its time. */
export function withoutContent(record: StoredRecord): StoredRecord {
  const content = decodeBeaconRecord(record.value.toString("utf8"));
  if (content === null || "tickMs" in content) return record;
  return { ...record, value: Buffer.from(encodeTick(content.arrivedAtMs)) };
}
