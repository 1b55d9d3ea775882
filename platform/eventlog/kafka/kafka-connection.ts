import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type ISocketFactory, Kafka, type LogEntry, logLevel } from "kafkajs";
import Cluster, { type Broker, type Protocol } from "kafkajs/src/cluster/index.js";
import protocol from "kafkajs/src/protocol/requests/index.js";
import type { Logger } from "../../observability/logger.ts";
import type { KafkaAccess } from "./kafka-access.ts";
import { errorFromCode } from "./kafka-errors.ts";
import { mendKafkajs } from "./mend-kafkajs.ts";

/**
 * Versions of the messages we use: the newest that kafkajs writes. All are understood by brokers from 2.3 to 4.4, beyond
 * what KIP-896 removed in Kafka 4. JoinGroup 5 is the first with static membership.
 */
const VERSIONS = {
  Produce: 7,
  Fetch: 11,
  ListOffsets: 3,
  OffsetCommit: 5,
  OffsetFetch: 4,
  JoinGroup: 5,
  SyncGroup: 3,
  Heartbeat: 3,
  LeaveGroup: 3,
  InitProducerId: 1,
} as const;

type Message = keyof typeof VERSIONS;

const CONNECT_MS = 3_000;
/** A broker that hangs is given up after this: twice within a session, and longer than replicas may take. */
const REQUEST_MS = 4_000;
const KEEP_ALIVE_MS = 60_000;
/** Callers try again by themselves; here only what a moment mends. */
const RETRY = { retries: 2, initialRetryTime: 50, maxRetryTime: 500 };

/** Connections to the brokers of a cluster for one user of it: a request that waits there holds up nobody else. */
export class KafkaConnection {
  readonly #cluster: Cluster;
  readonly #sockets = new Set<Socket>();
  #isClosed = false;

  constructor(access: KafkaAccess, clientId: string, log: Logger | null) {
    mendKafkajs();
    const kafka = new Kafka({
      brokers: [...access.brokers],
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => this.#say(log, entry),
    });
    this.#cluster = new Cluster({
      brokers: access.brokers,
      clientId,
      logger: kafka.logger(),
      socketFactory: this.#openSocket,
      ssl: access.tls,
      sasl: access.sasl,
      connectionTimeout: CONNECT_MS,
      authenticationTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      enforceRequestTimeout: true,
      metadataMaxAge: Number.MAX_SAFE_INTEGER, // asked for again when a broker says that it is old
      allowAutoTopicCreation: false,
      retry: RETRY,
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Connects if need be and reads who leads the topic's partitions. */
  async refresh(topic: string): Promise<void> {
    if (!this.#cluster.isConnected()) await this.#cluster.connect();
    await this.#cluster.addTargetTopic(topic);
    await this.#cluster.refreshMetadata();
  }

  /** The broker that leads each partition, as far as known and there is one. */
  leaders(topic: string): Map<number, string> {
    const known = this.#cluster.findTopicPartitionMetadata(topic);
    return new Map(
      known.filter(({ leader }) => leader >= 0).map(({ partitionId, leader }) => [partitionId, String(leader)]),
    );
  }

  broker(nodeId: string): Promise<Broker> {
    return this.#cluster.findBroker({ nodeId });
  }

  anyBroker(): Promise<Broker> {
    return this.#cluster.findControllerBroker();
  }

  coordinator(groupId: string): Promise<Broker> {
    return this.#cluster.findGroupCoordinator({ groupId });
  }

  /** Ends requests under way at once, with an error. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy(new Error("closed"));
    await this.#cluster.disconnect();
  }

  readonly #openSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const socket =
      ssl === null || ssl === undefined
        ? connectTcp({ host, port }, onConnect)
        : connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect);
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setMaxListeners(0); // kafkajs adds one each time that it closes a socket which is closed already
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (this.#isClosed) socket.destroy(new Error("closed")); // whoever was still at it when it was closed
    return socket;
  };

  /** kafkajs calls errors what is tried again by us; those who ask are told by the rejection. */
  #say(log: Logger | null, { log: { message, ...fields } }: LogEntry): void {
    if (!this.#isClosed) log?.debug({ kafkajs: message, broker: fields["broker"] }, "kafka client");
  }
}

/** Sends one message of the protocol; rejects when the broker answers with an error for the whole of it. */
export async function sendTo(broker: Broker, message: Message, fields: object): Promise<unknown> {
  return sendRaw(broker, message, fields, (made) => made.response);
}

/** The same with a reading of one's own of the answer. */
export async function sendRaw(
  broker: Broker,
  message: Message,
  fields: object,
  responseOf: (made: Protocol) => Protocol["response"],
): Promise<unknown> {
  const make = protocol.requests[message].protocol({ version: VERSIONS[message] });
  if (make === undefined) throw new Error(`kafkajs writes no ${message} ${VERSIONS[message]}`);
  const made = make(fields);
  try {
    return await broker.connectionPool.send({ ...made, response: responseOf(made), logResponseError: false });
  } catch (error) {
    // An answer that comes too late, or was never understood, must not be taken for that of a later request.
    const ends = ["KafkaJSConnectionClosedError", "KafkaJSRequestTimeoutError"];
    if (error instanceof Error && ends.includes(error.name)) await broker.disconnect();
    throw error;
  }
}

/** Throws for an error code of a part of an answer. */
export function checkCode(code: number): void {
  if (code !== 0) throw errorFromCode(code);
}
