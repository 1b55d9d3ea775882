/** Where one broker listens, and what it is called in its cluster. Loopback only. */
export interface BrokerPlace {
  /** 1, 2, … */
  nodeId: number;
  clientPort: number;
  controllerPort: number;
  dataDir: string;
}

const HOST = "127.0.0.1";
const MOST_REPLICAS = 3;

/** `server.properties` of a broker that is its own controller too (KRaft, combined mode), small enough for tests. */
export function brokerProperties(own: BrokerPlace, all: readonly BrokerPlace[]): string {
  const replicas = Math.min(all.length, MOST_REPLICAS);
  const properties: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": own.nodeId,
    "controller.quorum.voters": all.map((place) => `${place.nodeId}@${HOST}:${place.controllerPort}`).join(","),
    listeners: `PLAINTEXT://${HOST}:${own.clientPort},CONTROLLER://${HOST}:${own.controllerPort}`,
    "advertised.listeners": `PLAINTEXT://${HOST}:${own.clientPort}`,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": own.dataDir,
    "auto.create.topics.enable": false,
    // Only a broker killed with -9 is waited for: until its registration ends, it cannot come back under its number.
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
    "group.initial.rebalance.delay.ms": 0, // no waiting for more members of a new group
    "offsets.topic.num.partitions": 4,
    "offsets.topic.replication.factor": replicas,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": Math.max(1, replicas - 1),
    "num.network.threads": 2,
    "num.io.threads": 4,
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** `log4j2.properties`: warnings and the broker's own milestones go to standard output. */
export const LOG4J_PROPERTIES = `rootLogger.level=WARN
rootLogger.appenderRef.stdout.ref=STDOUT
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=INFO
appender.stdout.type=Console
appender.stdout.name=STDOUT
appender.stdout.layout.type=PatternLayout
appender.stdout.layout.pattern=%d %p %c: %m%n
`;
