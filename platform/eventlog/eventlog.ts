/**
 * The event log as its users see it: topics of ordered partitions, durable appends, consumer groups.
 * Two implementations pass the contract test beside this file: segment files on one machine, and Kafka.
 */

/** Every log takes a record whose key and value have together so many bytes; `append` may throw RangeError for a longer one. */
export const MAX_RECORD_BYTES = 8 * 1024 * 1024 - 1024;

export interface LogRecord {
  partition: number;
  /** What compaction and humans tell records apart by; may be empty in topics that are not compacted. */
  key: string;
  value: Buffer;
  /** Unix milliseconds, given by the writer. */
  timestampMs: number;
}

export interface StoredRecord extends LogRecord {
  /** Position in the partition. Grows, with gaps; only comparable within one partition. */
  offset: number;
  /** Where reading goes on after this record: the value to commit once it is done. */
  nextOffset: number;
}

export interface LogWriter {
  /**
   * Resolves when all records are durable (fdatasync or acks=all), in the order given; calls made meanwhile share the
   * next group. Rejects with {@link LogUnavailableError} when they are not: nothing may then be acknowledged.
   */
  append(records: readonly LogRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** One partition, held by this process alone within its group, until `revoked` aborts. */
export interface Assignment {
  partition: number;
  /** Where the group had committed, or null when it never did (read from the beginning). */
  committedOffset: number | null;
  /**
   * Aborts when the partition is lost or the consumer closes. Batches stop; what was read but not committed will be
   * read again by the next holder.
   */
  revoked: AbortSignal;
  /** Starts reading here instead of at the committed offset (recovery from a checkpoint). Call before returning. */
  seek(offset: number): void;
}

export interface ConsumerHandlers {
  /** Called once per assignment, before its first batch; state is restored here. */
  assigned(assignment: Assignment): Promise<void>;
  /**
   * Records of one partition, in order, never empty. Partitions take turns; the next batch waits for the promise. One that
   * rejects with {@link LogUnavailableError}, since it could not commit, is called with the same records again; with
   * {@link NotHeldError} the partition is on its way to another holder. Any other rejection ends the consumer.
   */
  batch(partition: number, records: readonly StoredRecord[]): Promise<void>;
  /** The partition is gone; called after the last batch. */
  revoked(partition: number): Promise<void>;
  /** Reading failed for good (damaged log, lost lease): the program should say so and stop. */
  failed(error: Error): void;
}

export interface LogConsumer {
  /**
   * Everything below `offset` is done; survives a kill -9 once resolved. Rejects with {@link NotHeldError} when the
   * partition is not this consumer's any more, and with {@link LogUnavailableError} when it can be tried again.
   */
  commit(partition: number, offset: number): Promise<void>;
  /** Records not yet handed out, per held partition, in the log's own measure (bytes or records). For metrics. */
  lag(): ReadonlyMap<number, number>;
  close(): Promise<void>;
}

/** What following a partition brought next. */
export interface Followed {
  /** In order; empty when there is only the news that everything has come. */
  records: readonly StoredRecord[];
  /** Everything that was in the partition when following began has been handed out. */
  isCaughtUp: boolean;
}

export interface EventLog {
  /**
   * Segment files have one writer per topic and data folder: a second one rejects with {@link LogBusyError}. Kafka takes as
   * many as come; each one's records stay in its own order.
   */
  openWriter(topic: string): Promise<LogWriter>;
  /** Joins a consumer group. Partitions that another live process holds are taken over when it lets go or dies. */
  subscribe(topic: string, group: string, handlers: ConsumerHandlers): Promise<LogConsumer>;
  /**
   * Reads a partition from its beginning to its present end, once: checkpoints, repair, tests. Where records are gone that
   * should follow (deleted while this reads, damaged), `onGap` is called before the next one is handed out.
   */
  readAll(topic: string, partition: number, onGap?: () => void): AsyncIterable<StoredRecord>;
  /** Whether nothing of the partition has been deleted yet: it is read from its very first record. */
  hasBeginning(topic: string, partition: number): Promise<boolean>;
  /**
   * Reads a partition from its beginning and goes on with what is appended, for itself and without a group, until the signal
   * aborts. Throws {@link LogUnavailableError} when it has to be begun anew.
   */
  follow(topic: string, partition: number, signal: AbortSignal): AsyncIterable<Followed>;
  close(): Promise<void>;
}

/** The log cannot take or give records now (disk full, I/O error, broker away). Retriable. */
export class LogUnavailableError extends Error {
  override readonly name = "LogUnavailableError";
}

/** The partition is not held by this consumer, or not any more: whoever holds it now goes on from the last commit. */
export class NotHeldError extends Error {
  override readonly name = "NotHeldError";

  constructor(partition: number) {
    super(`Partition ${partition} is not held by this consumer`);
  }
}

/** Another live process holds what was asked for. */
export class LogBusyError extends Error {
  override readonly name = "LogBusyError";
}
