import { decodeRejectedRecord, type RejectedRecord } from "../../domain/messages/rejected-record.ts";
import {
  type Assignment,
  type EventLog,
  LogUnavailableError,
  type LogWriter,
  NotHeldError,
  type StoredRecord,
} from "../../platform/eventlog/eventlog.ts";
import { openPatientConsumer, type PatientConsumer } from "../../platform/eventlog/patient-consumer.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { rejectedRow } from "../sink/rejected-rows.ts";
import type { Row } from "../sink/rows.ts";
import type { Sink } from "../sink/sink.ts";
import { type RejectedTotal, readRejectedTotal, rejectedTotalRecord } from "./rejected-total.ts";

const GROUP = "rejected";
/** Rows of one insert: samples may hold 64 KiB each. */
const MAX_ROWS_PER_INSERT = 200;

export interface RejectedConsumerDeps {
  log: Logger;
  eventlog: EventLog;
  /** Of topic `views_progress`. */
  progress: LogWriter;
  sink: Sink;
  /** A record that is none of ours. */
  onUndecodable: () => void;
  onFailed: (error: Error) => void;
}

/**
 * Stores topic `rejected` in table `rejected_beacons`, and counts its events. The count is kept with the position it
 * reaches to, and reading begins there: so each event is counted once, though rows may be stored again.
 */
export class RejectedConsumer {
  readonly #deps: RejectedConsumerDeps;
  readonly #closing = new AbortController();
  readonly #totals = new Map<number, RejectedTotal>();
  #consumer: PatientConsumer | null = null;

  constructor(deps: RejectedConsumerDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#consumer = await openPatientConsumer(
      this.#deps.eventlog,
      { topic: "rejected", group: GROUP, log: this.#deps.log },
      {
        assigned: (assignment) => this.#assigned(assignment),
        batch: (partition, records) => this.#batch(partition, records),
        revoked: async (partition) => void this.#totals.delete(partition),
        failed: this.#deps.onFailed,
      },
    );
  }

  /** Events that the edge did not take since the log began; of the partitions held here. */
  count(): number {
    return [...this.#totals.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Why topic `rejected` is not read at the moment; null where all is well. */
  trouble(): string | null {
    return this.#consumer?.trouble() ?? null;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#consumer?.close();
  }

  async #assigned({ partition, seek }: Assignment): Promise<void> {
    const known = await readRejectedTotal(this.#deps.eventlog, partition);
    try {
      seek(known?.nextOffset ?? 0);
      this.#totals.set(partition, known ?? { nextOffset: 0, count: 0 });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#deps.log.error({ err: error, partition }, "count of rejected events lies beyond the log");
      seek(0);
      this.#totals.set(partition, { nextOffset: 0, count: 0 });
    }
  }

  async #batch(partition: number, records: readonly StoredRecord[]): Promise<void> {
    const decoded = records.flatMap((stored) => {
      const record = decodeRejectedRecord(stored.value.toString("utf8"));
      if (record === null) this.#deps.onUndecodable();
      return record === null ? [] : [{ stored, record }];
    });
    try {
      await this.#store(decoded.map(({ stored, record }) => rowOf(stored, record)));
    } catch (error) {
      if (this.#closing.signal.aborted) return; // the next start reads it again
      throw error;
    }
    const nextOffset = records.at(-1)?.nextOffset ?? 0;
    const known = this.#totals.get(partition)?.count ?? 0;
    const total = { nextOffset, count: decoded.reduce((sum, { record }) => sum + record.count, known) };
    this.#totals.set(partition, total);
    await this.#keep(partition, total, records.at(-1)?.timestampMs ?? 0);
  }

  async #store(rows: readonly Row[]): Promise<void> {
    for (let at = 0; at < rows.length; at += MAX_ROWS_PER_INSERT) {
      const some = rows.slice(at, at + MAX_ROWS_PER_INSERT);
      await this.#deps.sink.store({ rejected_beacons: some }, this.#closing.signal);
    }
  }

  /** What cannot be kept now is kept with the next batch. */
  async #keep(partition: number, total: RejectedTotal, atMs: number): Promise<void> {
    try {
      await this.#deps.progress.append([rejectedTotalRecord(partition, total, atMs)]);
      await this.#consumer?.commit(partition, total.nextOffset);
    } catch (error) {
      if (!(error instanceof NotHeldError || error instanceof LogUnavailableError)) throw error;
      this.#deps.log.warn({ err: error, partition }, "count of rejected events not kept");
    }
  }
}

function rowOf({ partition, offset }: StoredRecord, record: RejectedRecord): Row {
  return rejectedRow(record, { stage: "edge", partition, position: offset, item: 0 });
}
