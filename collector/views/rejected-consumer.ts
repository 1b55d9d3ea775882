import { decodeRejectedRecord, type RejectedRecord } from "../../domain/messages/rejected-record.ts";
import type { Assignment, LogWriter, StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { rejectedRow } from "../sink/rejected-rows.ts";
import type { Row } from "../sink/rows.ts";
import type { Sink } from "../sink/sink.ts";
import { type RejectedTotal, readRejectedTotal, rejectedTotalRecord } from "./rejected-total.ts";
import { type Decoded, StoringConsumer, type StoringConsumerDeps } from "./storing-consumer.ts";

const GROUP = "rejected";
/** Rows of one insert: samples may hold 64 KiB each. */
const MAX_ROWS_PER_INSERT = 200;

export interface RejectedConsumerDeps extends StoringConsumerDeps {
  /** Of topic `views_progress`. */
  progress: LogWriter;
  sink: Sink;
}

/**
 * Stores topic `rejected` in table `rejected_beacons`, and counts its events. The count is kept with the position it
 * reaches to, and reading begins there: so each event is counted once, though rows may be stored again.
 */
export class RejectedConsumer {
  readonly #deps: RejectedConsumerDeps;
  readonly #totals = new Map<number, RejectedTotal>();
  readonly #consumer: StoringConsumer<RejectedRecord>;

  constructor(deps: RejectedConsumerDeps) {
    this.#deps = deps;
    this.#consumer = new StoringConsumer(deps, {
      topic: "rejected",
      group: GROUP,
      decode: decodeRejectedRecord,
      store: (records, signal) => this.#store(records.map(rowOf), signal),
      keep: (partition, records, last) => this.#keep(partition, records, last),
      assigned: (assignment) => this.#assigned(assignment),
      revoked: (partition) => void this.#totals.delete(partition),
    });
  }

  start(): Promise<void> {
    return this.#consumer.start();
  }

  /** Events that the edge did not take since the log began; of the partitions held here. */
  count(): number {
    return [...this.#totals.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Why topic `rejected` is not read at the moment; null where all is well. */
  trouble(): string | null {
    return this.#consumer.trouble();
  }

  close(): Promise<void> {
    return this.#consumer.close();
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

  async #store(rows: readonly Row[], signal: AbortSignal): Promise<void> {
    for (let at = 0; at < rows.length; at += MAX_ROWS_PER_INSERT) {
      await this.#deps.sink.store({ rejected_beacons: rows.slice(at, at + MAX_ROWS_PER_INSERT) }, signal);
    }
  }

  async #keep(partition: number, records: readonly Decoded<RejectedRecord>[], last: StoredRecord): Promise<void> {
    const known = this.#totals.get(partition)?.count ?? 0;
    const count = records.reduce((sum, { record }) => sum + record.count, known);
    const total = { nextOffset: last.nextOffset, count };
    this.#totals.set(partition, total);
    await this.#deps.progress.append([rejectedTotalRecord(partition, total, last.timestampMs)]);
  }
}

function rowOf({ stored: { partition, offset }, record }: Decoded<RejectedRecord>): Row {
  return rejectedRow(record, { stage: "edge", partition, position: offset, item: 0 });
}
