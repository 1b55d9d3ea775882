import type { Broker, Protocol } from "kafkajs/src/cluster/index.js";
import { describe, expect, it } from "vitest";
import { LogUnavailableError } from "../eventlog.ts";
import { KafkaProducer } from "./producer.ts";

const PRODUCE = 0;
const NOT_LEADER = 6;
const MESSAGE_TOO_LARGE = 10;
const UNKNOWN_PRODUCER_ID = 59;
/** Also what a record batch says in clear. */
const VALUES = ["value-of-0", "value-of-1"];

interface Request {
  apiKey: number;
  encode(): Promise<{ buffer: Buffer }>;
}

/** 0 or an error of the protocol; `identities` is how many were given out. */
type CodeOf = (nodeId: string, partition: number, identities: number) => number;

/** Brokers of one topic with two partitions; what they answer to each batch is the test's to say. */
class Brokers {
  /** By partition. */
  leaders = ["1", "1"];
  /** After the next refresh. */
  leadersToBe = ["1", "1"];
  /** Taken batches: [broker, partition]. */
  readonly taken: [string, number][] = [];
  identities = 0;
  givesIdentities = true;
  readonly #codeOf: CodeOf;

  constructor(codeOf: CodeOf) {
    this.#codeOf = codeOf;
  }

  readonly connection = {
    isClosed: false,
    leaders: () => new Map(this.leaders.entries()),
    refresh: async () => {
      this.leaders = this.leadersToBe;
    },
    anyBroker: async () => this.#broker("1"),
    broker: async (nodeId: string) => this.#broker(nodeId),
  };

  #broker(nodeId: string): Broker {
    const send = (protocol: Protocol) => this.#answer(nodeId, protocol.request as Request); // kafkajs' own
    return { nodeId, connectionPool: { send }, disconnect: async () => undefined };
  }

  async #answer(nodeId: string, request: Request): Promise<unknown> {
    if (request.apiKey !== PRODUCE) {
      if (!this.givesIdentities) throw new LogUnavailableError("the controller hangs");
      this.identities += 1;
      return { producerId: String(this.identities), producerEpoch: 0 };
    }
    const { buffer } = await request.encode();
    const partitions = [0, 1].filter((partition) => buffer.includes(VALUES[partition] ?? ""));
    const answers = partitions.map((partition) => ({
      partition,
      errorCode: this.#codeOf(nodeId, partition, this.identities),
    }));
    for (const { partition, errorCode } of answers) if (errorCode === 0) this.taken.push([nodeId, partition]);
    return { topics: [{ partitions: answers }] };
  }
}

const message = (partition: number) => ({ key: "", value: Buffer.from(VALUES[partition] ?? ""), timestamp: "1" });
const round = (...partitions: number[]) => new Map(partitions.map((partition) => [partition, [message(partition)]]));

describe("a producer", () => {
  it("sends a batch once that was taken beside one whose numbers the broker had forgotten", async () => {
    const brokers = new Brokers((_, partition, identities) =>
      partition === 0 && identities === 1 ? UNKNOWN_PRODUCER_ID : 0,
    );
    await new KafkaProducer(brokers.connection, "events").send(round(0, 1));
    expect(brokers.taken.map(([, partition]) => partition).sort()).toEqual([0, 1]);
  });

  it("goes to a new leader, and sends there only what the old one did not take", async () => {
    const brokers = new Brokers((nodeId, partition) => (nodeId === "1" && partition === 1 ? NOT_LEADER : 0));
    brokers.leadersToBe = ["2", "2"];
    await new KafkaProducer(brokers.connection, "events").send(round(0, 1));
    expect(brokers.taken).toEqual([
      ["1", 0],
      ["2", 1],
    ]);
  });

  it("asks who leads before it sends again after a failure", async () => {
    const brokers = new Brokers((nodeId) => (nodeId === "1" ? MESSAGE_TOO_LARGE : 0));
    const producer = new KafkaProducer(brokers.connection, "events");
    brokers.leadersToBe = ["2", "2"];
    await expect(producer.send(round(0))).rejects.toThrow();
    await producer.send(round(0));
    expect(brokers.taken).toEqual([["2", 0]]);
  });

  it("sends again after a failure although no new identity is given out then", async () => {
    const brokers = new Brokers((nodeId) => (nodeId === "2" ? MESSAGE_TOO_LARGE : 0));
    const producer = new KafkaProducer(brokers.connection, "events");
    await producer.send(round(0));
    await expect.poll(() => brokers.identities).toBe(2);
    brokers.givesIdentities = false;
    brokers.leaders = ["2", "2"];
    await expect(producer.send(round(0))).rejects.toThrow();
    await producer.send(round(0));
    expect(brokers.taken).toEqual([
      ["1", 0],
      ["1", 0],
    ]);
  });
});
