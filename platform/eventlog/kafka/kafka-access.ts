import { readFileSync } from "node:fs";
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

const DEFAULT_PREFIX = "playhead";
/** user:password@ (percent-encoded), brokers, prefix, parameters. */
const URL_PARTS = /^kafka:\/\/(?:([^:@/]*):([^@/]*)@)?([^/?@]+)(?:\/([^/?]*))?(?:\?(.*))?$/;
const BROKER = /^[A-Za-z0-9._-]+:\d{1,5}$/;
/** Kafka takes 249 characters for a whole topic name. */
const PREFIX = /^[A-Za-z0-9._-]{1,100}$/;
const PARAMETERS = new Set(["tls", "ca", "cert", "key", "sasl"]);
const MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const;

/**
 * Reads `kafka://[user:password@]host:port[,host:port][/prefix][?parameters]`, the parameters being `tls=1`, `ca`, `cert`
 * and `key` (files in PEM, read here) and `sasl` (plain, scram-sha-256, the default with a user, or scram-sha-512).
 * Returns in words what is wrong with it instead.
 */
export function parseKafkaUrl(url: string): KafkaAccess | string {
  const [, user, password, list = "", prefix = "", query = ""] = URL_PARTS.exec(url) ?? [];
  const brokers = list.split(",");
  if (!brokers.every((broker) => BROKER.test(broker)))
    return "is not like kafka://[user:password@]host:port,host:port/prefix?parameters";
  if (prefix !== "" && !PREFIX.test(prefix)) return `has a prefix "${prefix}" that no topic can begin with`;
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) return `has an unknown parameter "${unknown}"; there are ${[...PARAMETERS].join(", ")}`;
  const tls = readTls(parameters);
  if (typeof tls === "string") return tls;
  const sasl =
    user === undefined ? null : readSasl(decodeURIComponent(user), decodeURIComponent(password ?? ""), parameters);
  if (typeof sasl === "string") return sasl;
  return { brokers, prefix: prefix === "" ? DEFAULT_PREFIX : prefix, tls, sasl };
}

function readSasl(username: string, password: string, parameters: URLSearchParams): SASLOptions | string {
  const asked = parameters.get("sasl") ?? "scram-sha-256";
  const mechanism = MECHANISMS.find((one) => one === asked);
  return mechanism === undefined
    ? `asks for sasl=${asked}; there are ${MECHANISMS.join(", ")}`
    : { mechanism, username, password };
}

/** A file that was named means TLS, whether `tls` says so or not. */
function readTls(parameters: URLSearchParams): ConnectionOptions | null | string {
  const options: ConnectionOptions = {};
  for (const name of ["ca", "cert", "key"] as const) {
    const file = parameters.get(name);
    if (file === null) continue;
    try {
      options[name] = readFileSync(file, "utf8");
    } catch (error) {
      return `names a file for ${name} that cannot be read: ${error instanceof Error ? error.message : error}`;
    }
  }
  return parameters.get("tls") === "1" || Object.keys(options).length > 0 ? options : null;
}
