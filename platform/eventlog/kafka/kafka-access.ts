import type { ConnectionOptions } from "node:tls";
import type { SASLOptions } from "kafkajs";

/** How to reach the brokers. */
export interface KafkaAccess {
  /** host:port, at least one; the others are learned from it. */
  brokers: readonly string[];
  /** Before the names of topics and groups, so that several Playheads can share a cluster. */
  prefix: string;
  /** Null: plain TCP. */
  tls: ConnectionOptions | null;
  /** Null: no authentication, or by certificate. */
  sasl: SASLOptions | null;
}

const SCHEME = "kafka://";
const DEFAULT_PREFIX = "playhead";
const BROKER = /^[A-Za-z0-9._-]+:\d{1,5}$/;
/** Kafka takes 249 characters for a whole topic name. */
const PREFIX = /^[A-Za-z0-9._-]{1,100}$/;

/** Reads `kafka://host:port,host:port/prefix`; null when it is something else. */
export function parseKafkaUrl(url: string): Pick<KafkaAccess, "brokers" | "prefix"> | null {
  if (!url.startsWith(SCHEME)) return null;
  const [list = "", prefix = "", ...more] = url.slice(SCHEME.length).split("/");
  const brokers = list.split(",");
  if (more.length > 0 || !brokers.every((broker) => BROKER.test(broker))) return null;
  if (prefix !== "" && !PREFIX.test(prefix)) return null;
  return { brokers, prefix: prefix === "" ? DEFAULT_PREFIX : prefix };
}
