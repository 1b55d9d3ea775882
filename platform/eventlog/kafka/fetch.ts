import { setTimeout as sleep } from "node:timers/promises";
import type { Broker } from "kafkajs/src/cluster/index.js";
import { LogUnavailableError, type StoredRecord } from "../eventlog.ts";
import { ByteCursor } from "./byte-cursor.ts";
import { checkCode, type KafkaConnection, sendRaw, sendTo } from "./kafka-connection.ts";
import { asLogError, isRetriable } from "./kafka-errors.ts";
import { type DecodedBatches, decodeRecordBatches } from "./record-batches.ts";

/** What one fetch brought of one partition. */
export interface FetchedPartition extends DecodedBatches {
  partition: number;
  /** 0, or why this partition has nothing. */
  errorCode: number;
  /** End of what is durable: nobody reads beyond. */
  highWatermark: number;
}

export interface Bounds {
  /** Offset of the oldest record that is kept. */
  earliest: number;
  /** Behind the newest durable record. */
  latest: number;
}

const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;
const MAX_PARTITION_BYTES = 1024 * 1024;
const EARLIEST = -2;
const LATEST = -1;
/** A new leader is chosen within a second or two. */
const ATTEMPTS = 10;
const BETWEEN_ATTEMPTS_MS = 300;

/** Asks a broker for records of partitions that it leads; waits up to `maxWaitMs` for the first. */
export async function fetchFrom(
  broker: Broker,
  topic: string,
  positions: readonly { partition: number; offset: number }[],
  maxWaitMs: number,
): Promise<FetchedPartition[]> {
  const partitions = positions.map(({ partition, offset }) => ({
    partition,
    fetchOffset: String(offset),
    maxBytes: MAX_PARTITION_BYTES,
  }));
  const fields = {
    replicaId: -1,
    isolationLevel: 0,
    maxWaitTime: maxWaitMs,
    minBytes: 1,
    maxBytes: MAX_RESPONSE_BYTES,
  };
  const answer = await sendRaw(broker, "Fetch", { ...fields, topics: [{ topic, partitions }] }, () => ({
    decode: async (payload) => decodeFetch(payload),
    parse: async (decoded) => decoded,
  }));
  return answer as FetchedPartition[]; // by `decode` above
}

/** Fetch answer, version 11; the topic is the one that was asked for. */
export function decodeFetch(payload: Buffer): FetchedPartition[] {
  const cursor = new ByteCursor(payload);
  cursor.bytes(4); // throttle time
  checkCode(cursor.int16());
  cursor.bytes(4); // session
  const fetched: FetchedPartition[] = [];
  for (let topics = cursor.int32(); topics > 0; topics -= 1) {
    cursor.bytes(cursor.int16()); // name
    for (let partitions = cursor.int32(); partitions > 0; partitions -= 1) {
      const [partition, errorCode, highWatermark] = [cursor.int32(), cursor.int16(), cursor.int64()];
      cursor.bytes(16); // last stable offset, log start
      cursor.bytes(cursor.int32() * 16); // aborted transactions
      cursor.bytes(4); // preferred replica
      const batches = decodeRecordBatches(cursor.bytes(cursor.int32()));
      fetched.push({ partition, errorCode, highWatermark, ...batches });
    }
  }
  return fetched;
}

/** The ends of a partition, from its leader. */
export async function boundsOf(connection: KafkaConnection, topic: string, partition: number): Promise<Bounds> {
  return withLeader(connection, topic, partition, async (broker) => {
    const [earliest, latest] = [
      await offsetAt(broker, topic, partition, EARLIEST),
      await offsetAt(broker, topic, partition, LATEST),
    ];
    return { earliest, latest };
  });
}

async function offsetAt(broker: Broker, topic: string, partition: number, timestamp: number): Promise<number> {
  const topics = [{ topic, partitions: [{ partition, timestamp }] }];
  const answer = await sendTo(broker, "ListOffsets", { replicaId: -1, isolationLevel: 0, topics });
  const { responses } = answer as { responses: { partitions: { errorCode: number; offset: string }[] }[] }; // version 3
  const found = responses[0]?.partitions[0];
  if (found === undefined) throw new LogUnavailableError(`Partition ${partition} of "${topic}" was not answered for`);
  checkCode(found.errorCode);
  return Number(found.offset);
}

/** Records from `offset` on, as many as one answer holds; none when there is none within `maxWaitMs`. */
export async function readPartition(
  connection: KafkaConnection,
  topic: string,
  partition: number,
  offset: number,
  maxWaitMs: number,
): Promise<FetchedPartition> {
  return withLeader(connection, topic, partition, async (broker) => {
    const fetched = await fetchFrom(broker, topic, [{ partition, offset }], maxWaitMs);
    const own = fetched.find((one) => one.partition === partition);
    if (own === undefined) throw new LogUnavailableError(`Partition ${partition} of "${topic}" was not answered for`);
    checkCode(own.errorCode);
    return own;
  });
}

/** Tries again, with news of who leads, until it is hopeless or has lasted some seconds. */
async function withLeader<T>(
  connection: KafkaConnection,
  topic: string,
  partition: number,
  work: (broker: Broker) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (attempt > 1) await connection.refresh(topic);
      const leader = connection.leaders(topic).get(partition);
      if (leader === undefined) throw new LogUnavailableError(`Partition ${partition} of "${topic}" has no leader now`);
      return await work(await connection.broker(leader));
    } catch (error) {
      if (!isRetriable(error) || attempt >= ATTEMPTS || connection.isClosed)
        throw asLogError(`Topic "${topic}" cannot be read`, error);
      await sleep(BETWEEN_ATTEMPTS_MS);
    }
  }
}

/** As the event log hands records out; those below `from` belong to a batch that was asked for in its middle. */
export function storedRecords(
  fetched: FetchedPartition,
  from: number,
  below = Number.POSITIVE_INFINITY,
): StoredRecord[] {
  const { partition, records } = fetched;
  return records
    .filter(({ offset }) => offset >= from && offset < below)
    .map((record) => ({ ...record, partition, nextOffset: record.offset + 1 }));
}
