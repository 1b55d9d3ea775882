import { hostname } from "node:os";
import type { Registry } from "prom-client";
import { z } from "zod";
import type { Logger } from "../observability/logger.ts";
import type { EventLog } from "./eventlog.ts";
import { type KafkaAccess, parseKafkaUrl } from "./kafka/kafka-access.ts";
import { openKafkaLog } from "./kafka/kafka-log.ts";
import { openSegmentLog } from "./segment-log.ts";

/** `EVENTLOG_URL`: null where the log is a folder. */
export const eventlogUrl = z
  .string()
  .default("")
  .transform((value, context): KafkaAccess | null => {
    if (value === "") return null;
    const access = parseKafkaUrl(value);
    if (typeof access !== "string") return access;
    context.addIssue(access);
    return z.NEVER;
  });

export interface OpenEventLogOptions {
  /** Folder of the log; not used with Kafka. */
  directory: string;
  kafka: KafkaAccess | null;
  /** With Kafka: name of the program, and a port that it alone has on this machine. Both stay the same over restarts. */
  member: { program: string; port: number };
  topics: Readonly<Record<string, { partitions: number; compacted: boolean }>>;
  /** How long records are kept in topics that are not compacted. */
  retentionMs: number;
  /** Per topic. */
  maxBytes?: number;
  log: Logger;
  metrics: Registry;
}

/** Opens the event log that the configuration asks for; nobody else needs to know which one it is. */
export function openEventLog(options: OpenEventLogOptions): EventLog {
  const { directory, kafka, member, ...shared } = options;
  if (kafka === null) return openSegmentLog({ ...shared, directory, now: Date.now });
  const memberName = `${member.program}-${hostname()}-${member.port}`;
  return openKafkaLog({ ...shared, access: kafka, memberName });
}
