import { setTimeout as sleep } from "node:timers/promises";
import { LogUnavailableError } from "../eventlog.ts";
import { type KafkaConnection, sendRaw, sendTo } from "./kafka-connection.ts";
import { asLogError, errorFromCode, errorType, isRetriable } from "./kafka-errors.ts";

export interface Message {
  key: string;
  /** Null deletes the key of a compacted topic. */
  value: Buffer | null;
  /** Unix milliseconds, as text: kafkajs takes the number 0 for none. */
  timestamp: string;
}

/** One batch for each partition named. */
export type Round = ReadonlyMap<number, readonly Message[]>;

/** All in-sync replicas have this long to take a batch. */
const REPLICATION_MS = 3_000;
/** A broker that restarts or a new leader is waited for; then whoever asked is told, and asks again later. */
const DELIVERY_MS = 6_000;
/** Once that has failed, the next ones are told sooner. Both go on until the attempt under way has failed. */
const TROUBLED_DELIVERY_MS = 1_000;
const BACK_OFF_MS = 100;
/** Numbers of batches are 31 bits wide; far below their end a new identity begins at 0. */
const MAX_SEQUENCE = 2 ** 30;

type ProducerConnection = Pick<KafkaConnection, "anyBroker" | "broker" | "isClosed" | "leaders" | "refresh">;

interface Identity {
  producerId: string;
  producerEpoch: number;
  /** Of the next record of each partition. */
  sequences: Map<number, number>;
}

/**
 * Sends batches with acks=all, one round at a time, and idempotently: a batch that has to be sent again carries the same
 * numbers, so that brokers keep it once, and order holds. Not kafkajs' own producer: after a change of leaders that takes
 * a partition to a broker which has already answered for others, it reports success for records it never sent again.
 */
export class KafkaProducer {
  readonly #connection: ProducerConnection;
  readonly #topic: string;
  #identity: Identity | null = null;
  /** For when the present one must not be used any more: brokers whose controller hangs give none for up to 30 s. */
  #spare: Identity | null = null;
  #isReserving = false;
  #isTroubled = false;

  constructor(connection: ProducerConnection, topic: string) {
    this.#connection = connection;
    this.#topic = topic;
  }

  /** Resolves when everything is on all in-sync replicas; rejects with LogUnavailableError when that is not known. */
  async send(round: Round): Promise<void> {
    const deadlineMs = performance.now() + (this.#isTroubled ? TROUBLED_DELIVERY_MS : DELIVERY_MS);
    const waiting = new Map(round);
    if (this.#isTroubled) await this.#refresh(); // a leader that hangs may have been replaced since
    try {
      for (;;) {
        const failure = await this.#attempt(waiting);
        if (failure === null) break;
        if (!isRetriable(failure) || performance.now() > deadlineMs || this.#connection.isClosed) throw failure;
        await sleep(BACK_OFF_MS);
        await this.#refresh();
      }
      this.#isTroubled = false;
      if (this.#spare === null && !this.#isReserving) void this.#reserve();
    } catch (error) {
      // Whether the brokers have the batches is not known. Their numbers must never stand on others.
      this.#identity = null;
      this.#isTroubled = true;
      throw asLogError(`Topic "${this.#topic}" does not take records`, error);
    }
  }

  /** Learns who leads now; where that fails, so does the next attempt, and says why. */
  async #refresh(): Promise<void> {
    await this.#connection.refresh(this.#topic).catch(() => undefined);
  }

  /** Sends what is waiting to whoever leads now, and removes what was taken. Returns why something was not, or null. */
  async #attempt(waiting: Map<number, readonly Message[]>): Promise<unknown> {
    try {
      const identity = await this.#identify();
      const leaders = this.#connection.leaders(this.#topic);
      const byLeader = Map.groupBy(waiting.keys(), (partition) => leaders.get(partition) ?? "");
      if (byLeader.has("")) throw new LogUnavailableError("a partition has no leader now");
      const results = await Promise.allSettled(
        [...byLeader].map(([nodeId, partitions]) => this.#sendTo(nodeId, identity, partitions, waiting)),
      );
      for (const result of results) if (result.status === "rejected") return result.reason as unknown;
      return null;
    } catch (error) {
      return error;
    }
  }

  async #identify(): Promise<Identity> {
    this.#identity ??= this.#spare ?? (await this.#newIdentity());
    if (this.#identity === this.#spare) this.#spare = null;
    return this.#identity;
  }

  /** Nobody waits for it: the next success tries again. */
  async #reserve(): Promise<void> {
    this.#isReserving = true;
    this.#spare = await this.#newIdentity().catch(() => null);
    this.#isReserving = false;
  }

  async #newIdentity(): Promise<Identity> {
    const broker = await this.#connection.anyBroker();
    const answer = await sendTo(broker, "InitProducerId", { transactionalId: null, transactionTimeout: 0 });
    const { producerId, producerEpoch } = answer as Omit<Identity, "sequences">; // version 1 of the answer
    return { producerId, producerEpoch, sequences: new Map() };
  }

  async #sendTo(
    nodeId: string,
    identity: Identity,
    partitions: readonly number[],
    waiting: Map<number, readonly Message[]>,
  ): Promise<void> {
    const { producerId, producerEpoch, sequences } = identity;
    const batches = partitions.map((partition) => ({
      partition,
      firstSequence: sequences.get(partition) ?? 0,
      messages: waiting.get(partition) ?? [],
    }));
    const topicData = [{ topic: this.#topic, partitions: batches }];
    const fields = { acks: -1, timeout: REPLICATION_MS, compression: 0, transactionalId: null };
    const answer = await sendRaw(
      await this.#connection.broker(nodeId),
      "Produce",
      { ...fields, producerId, producerEpoch, topicData },
      ({ response }) => ({ decode: response.decode, parse: async (decoded) => decoded }), // each partition has a code
    );
    const { topics } = answer as { topics: { partitions: { partition: number; errorCode: number }[] }[] }; // version 7
    const codes = new Map(topics[0]?.partitions.map(({ partition, errorCode }) => [partition, errorCode]));
    const errors: unknown[] = [];
    for (const { partition, firstSequence, messages } of batches) {
      const error = errorOf(codes.get(partition));
      if (error !== null) {
        errors.push(error);
        continue;
      }
      waiting.delete(partition);
      sequences.set(partition, firstSequence + messages.length);
    }
    if ([...sequences.values()].some((sequence) => sequence > MAX_SEQUENCE)) this.#identity = null;
    for (const error of errors) this.#onError(error);
  }

  /** Brokers that have forgotten our numbers are given new ones; what they refused was not kept. */
  #onError(error: unknown): never {
    const forgotten = ["UNKNOWN_PRODUCER_ID", "OUT_OF_ORDER_SEQUENCE_NUMBER", "INVALID_PRODUCER_EPOCH"];
    if (!forgotten.includes(errorType(error))) throw error;
    this.#identity = null;
    throw new LogUnavailableError("the brokers do not know this writer any more", { cause: error });
  }
}

const DUPLICATE_SEQUENCE_NUMBER = 46;

/** A batch that the broker already has is one that was kept. */
function errorOf(code: number | undefined): unknown {
  if (code === undefined) return new LogUnavailableError("a partition was not answered for");
  return code === 0 || code === DUPLICATE_SEQUENCE_NUMBER ? null : errorFromCode(code);
}
