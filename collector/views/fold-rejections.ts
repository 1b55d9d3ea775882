import { cutText } from "../../domain/cut-text.ts";
import type { BeaconRecord } from "../../domain/messages/beacon-record.ts";
import { beaconPartition } from "../../domain/messages/partition.ts";
import { MAX_KEPT_BODY_BYTES, MAX_SAMPLE_LENGTH, type RejectedRecord } from "../../domain/messages/rejected-record.ts";
import type { RejectionReason } from "../../domain/messages/rejection-reasons.ts";
import { SampleCaps } from "../../domain/messages/sample-caps.ts";
import { peekClaimedKey } from "../../domain/wire/peek-event.ts";
import { rejectedRow } from "../sink/rejected-rows.ts";
import type { Row } from "../sink/rows.ts";

/**
 * Events of a record that could not be folded: one that the edge of another release had taken, or all of a view for which
 * there was no room.
 */
export interface FoldRejection {
  reason: RejectionReason;
  record: BeaconRecord;
  /** Where the record stands in its partition of topic `beacons`. */
  position: number;
  /** The first of them. */
  index: number;
  count: number;
}

/** Longest claimed key that is kept, in UTF-16 code units; keys have up to 64. */
const MAX_CLAIM_LENGTH = 128;
/** Two rows for each event at most: one that counts and one that shows it. */
const ROWS_PER_EVENT = 2;

/**
 * Rows of table `rejected_beacons` for what the fold does not take. Their keys are places in the log, so reading it again
 * replaces them by themselves; samples are capped by log time, as those of the edge are.
 */
export class FoldRejections {
  readonly #caps = new SampleCaps();
  #rows: Row[] = [];

  readonly add = (rejection: FoldRejection): void => {
    const { reason, record, position, index, count } = rejection;
    const partition = beaconPartition(record.environmentId, record.viewId);
    const base = { atMs: record.arrivedAtMs, environmentId: record.environmentId, reason };
    const origin = { stage: "views", partition, position, item: index * ROWS_PER_EVENT } as const;
    this.#rows.push(rejectedRow({ ...base, count, sample: null }, origin));
    const sample = this.#sample(rejection);
    if (sample === null) return;
    this.#rows.push(rejectedRow({ ...base, count: 0, sample }, { ...origin, item: origin.item + 1 }));
  };

  get pendingRows(): number {
    return this.#rows.length;
  }

  /** Rows since the last call. */
  take(): Row[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #sample({ reason, record, index }: FoldRejection): RejectedRecord["sample"] {
    const raw = record.events[index];
    const event = JSON.stringify(raw) ?? "";
    const body = `{"events":[${event}]}`;
    const replayable = body.length <= MAX_KEPT_BODY_BYTES;
    const { address, userAgent, referrer } = record.context;
    const origin = { environmentId: record.environmentId, reason, sender: address };
    if (!this.#caps.admit(record.arrivedAtMs, origin, replayable ? body.length : MAX_SAMPLE_LENGTH)) return null;
    return {
      ...{ envKey: cutText(peekClaimedKey(raw), MAX_CLAIM_LENGTH), address, userAgent, referrer, host: "", path: "/" },
      ...{ contentType: "", contentEncoding: "", event: cutText(event, MAX_SAMPLE_LENGTH), isBase64: false },
      ...{ body: replayable ? body : "", bodyBytes: body.length, replayable },
    };
  }
}
