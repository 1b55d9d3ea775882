import { type BeaconRecord, decodeBeaconRecord, encodeTick } from "../../domain/messages/beacon-record.ts";
import { FINAL_AFTER_MS } from "../../domain/view/life-cycle.ts";
import { decodeEvent } from "../../domain/wire/decode-events.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { MEMORY_HOURS } from "./final-views.ts";
import { viewKey } from "./open-view.ts";

const HOUR_MS = 3_600_000;
/** After so long without a record the fold has surely forgotten a view, and takes what comes for a new one. */
export const FORGOTTEN_MS = FINAL_AFTER_MS + (MEMORY_HOURS + 1) * HOUR_MS;
/** Before that it may have, from here on. */
const REMEMBERED_MS = MEMORY_HOURS * HOUR_MS;
/** Within this even a first event may be the repeat of one that the log no longer has. */
const REPEATS_MS = HOUR_MS;

/**
 * Tells, while a partition is read from where it begins, which views it holds from their own beginning. A view that began
 * before would be folded from its middle, under another key: its rows must not be written. Where that cannot be told it is
 * taken to have begun before. All times are log time.
 */
export class ViewBeginnings {
  /** Nothing was before: all views begin in it. */
  readonly whole: boolean;
  readonly #fromMs: number;
  #nowMs: number;
  #unsureUntilMs = 0;
  readonly #begun = new Set<string>();
  /** Views that are left out → their newest record. */
  readonly #before = new Map<string, number>();

  /** @param log where the partition begins */
  constructor({ fromMs, whole }: { fromMs: number; whole: boolean }) {
    this.#fromMs = fromMs;
    this.#nowMs = fromMs;
    this.whole = whole;
  }

  /** Views that are left out. */
  get leftOut(): number {
    return this.#before.size;
  }

  /** Every view that first arrived at or after this is told from its beginning. */
  get allFromMs(): number {
    return Math.max(this.#fromMs, this.#unsureUntilMs + 1);
  }

  /** Ask for every record, in order. */
  isKnown(stored: StoredRecord): boolean {
    if (this.whole) return true;
    const record = decodeBeaconRecord(stored.value.toString("utf8"));
    if (record === null) return true;
    this.#nowMs = Math.max(this.#nowMs, "tickMs" in record ? record.tickMs : record.arrivedAtMs);
    return "tickMs" in record || this.#holdsBeginning(record);
  }

  #holdsBeginning(record: BeaconRecord): boolean {
    const key = viewKey(record.environmentId, record.viewId);
    if (this.#begun.has(key)) return true;
    const lastMs = this.#before.get(key);
    if (
      this.#nowMs - (lastMs ?? this.#fromMs) >= FORGOTTEN_MS ||
      (lastMs === undefined && beginsWithin(record, this.#nowMs - this.#fromMs))
    ) {
      this.#begun.add(key);
      return true;
    }
    if (lastMs === undefined || this.#nowMs - lastMs >= REMEMBERED_MS) this.#unsureUntilMs = this.#nowMs;
    this.#before.set(key, this.#nowMs);
    return false;
  }
}

/**
 * Whether the record holds the first event of its view, and that happened since the log begins. The SDKs count a view's
 * events from 1.
 *
 * @param longestAgeMs from where the log begins to the record
 */
export function beginsWithin({ events, transmittedAtMs }: BeaconRecord, longestAgeMs: number): boolean {
  if (longestAgeMs < REPEATS_MS || transmittedAtMs === null) return false;
  return events.some((raw) => {
    const decoded = decodeEvent(raw);
    if (decoded.kind === "rejected" || decoded.event.sequence > 1) return false;
    const happenedAt = decoded.event.fields["viewer_time"]; // both on the client's clock: a repeat is sent long after
    return typeof happenedAt === "number" && transmittedAtMs - happenedAt <= longestAgeMs;
  });
}

/** What is left of a record whose view is left out: its time. */
export function withoutContent(record: StoredRecord): StoredRecord {
  const content = decodeBeaconRecord(record.value.toString("utf8"));
  if (content === null || "tickMs" in content) return record;
  return { ...record, value: Buffer.from(encodeTick(content.arrivedAtMs)) };
}
