/**
 * The parts of kafkajs 2.2.4 below its consumer and producer: connections, coordinators, and messages of the protocol.
 * They are not declared by the package; it is pinned to a version that will not change.
 */

declare module "kafkajs/src/cluster/index.js" {
  import type { ConnectionOptions } from "node:tls";
  import type { ISocketFactory, Logger, RetryOptions, SASLOptions } from "kafkajs";

  export interface Protocol {
    request: unknown;
    response: { decode(payload: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
    requestTimeout?: number;
    logResponseError?: boolean;
  }

  /** Fetch has a connection of its own (1); all other requests share one (0), which answers them one after the other. */
  export interface ConnectionPool {
    send(protocol: Protocol): Promise<unknown>;
  }

  export interface Broker {
    nodeId: string | number;
    connectionPool: ConnectionPool;
    disconnect(): Promise<void>;
  }

  export interface ClusterOptions {
    brokers: readonly string[];
    clientId: string;
    logger: Logger;
    socketFactory: ISocketFactory;
    ssl: ConnectionOptions | null;
    sasl: SASLOptions | null;
    connectionTimeout: number;
    authenticationTimeout: number;
    requestTimeout: number;
    enforceRequestTimeout: boolean;
    metadataMaxAge: number;
    allowAutoTopicCreation: boolean;
    retry: RetryOptions;
  }

  export interface PartitionMetadata {
    partitionErrorCode: number;
    partitionId: number;
    /** -1: none now. */
    leader: number;
  }

  export default class Cluster {
    constructor(options: ClusterOptions);
    isConnected(): boolean;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    addTargetTopic(topic: string): Promise<void>;
    refreshMetadata(): Promise<void>;
    findBroker(broker: { nodeId: string }): Promise<Broker>;
    findControllerBroker(): Promise<Broker>;
    findGroupCoordinator(group: { groupId: string }): Promise<Broker>;
    findTopicPartitionMetadata(topic: string): PartitionMetadata[];
  }
}

declare module "kafkajs/src/protocol/requests/index.js" {
  import type { Protocol } from "kafkajs/src/cluster/index.js";

  export interface Definitions {
    protocol(choice: { version: number }): ((fields: object) => Protocol) | undefined;
  }

  const protocol: {
    requests: Record<
      | "Produce"
      | "Fetch"
      | "ListOffsets"
      | "OffsetCommit"
      | "OffsetFetch"
      | "JoinGroup"
      | "SyncGroup"
      | "Heartbeat"
      | "LeaveGroup"
      | "InitProducerId",
      Definitions
    >;
  };
  export default protocol;
}

declare module "kafkajs/src/protocol/error.js" {
  const errors: { createErrorFromCode(code: number): import("kafkajs").KafkaJSProtocolError };
  export default errors;
}

declare module "kafkajs/src/protocol/recordBatch/crc32C/index.js" {
  export default function crc32C(bytes: Buffer): number;
}

declare module "kafkajs/src/broker/index.js" {
  export default class Broker {
    isConnected(): boolean;
    connect(): Promise<void>;
  }
}

declare module "kafkajs/src/network/connection.js" {
  export default class Connection {
    constructor(options: {
      host: string;
      port: number;
      logger: import("kafkajs").Logger;
      socketFactory: import("kafkajs").ISocketFactory;
      requestTimeout: number;
      connectionTimeout: number;
    });
    socket: import("node:net").Socket | undefined;
    chunks: Buffer[];
    bytesBuffered: number;
    bytesNeeded: number;
    isConnected(): boolean;
    connect(): Promise<unknown>;
  }
}

declare module "kafkajs/src/network/requestQueue/index.js" {
  export default class RequestQueue {
    pending: unknown[];
    throttledUntil: number;
    scheduleCheckPendingRequests(): void;
  }
}

declare module "kafkajs/src/protocol/recordBatch/record/v0/index.js" {
  export default function record(fields: {
    key: string;
    value: Buffer | null;
    offsetDelta: number;
    timestampDelta: number;
  }): unknown;
}

declare module "kafkajs/src/protocol/recordBatch/v0/index.js" {
  const batches: { RecordBatch(fields: object): Promise<{ buffer: Buffer }> };
  export default batches;
}
