import kafkajs, { type Admin, Kafka, logLevel } from "kafkajs";
import type { KafkaAccess } from "./kafka-access.ts";
import { asLogError } from "./kafka-errors.ts";
import { mendKafkajs } from "./mend-kafkajs.ts";

export interface TopicSettings {
  partitions: number;
  compacted: boolean;
  /** Of topics that are not compacted. */
  retentionMs: number;
  /** Of the whole topic; Infinity for no limit. */
  maxBytes: number;
}

/** The most that managed clusters allow (8 MiB), and twice what a beacon can be. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const MAX_REPLICAS = 3;
const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;

/**
 * Makes a topic unless it is there. One that is there keeps its settings, which are the operator's, but has to have the right
 * number of partitions, since a view's records would otherwise be looked for in another one, and must not lose any.
 */
export async function ensureTopic(access: KafkaAccess, name: string, settings: TopicSettings): Promise<void> {
  mendKafkajs();
  const retry = { retries: 1, initialRetryTime: 100 };
  const kafka = new Kafka({
    brokers: [...access.brokers],
    logLevel: logLevel.NOTHING,
    retry,
    ...(access.tls === null ? {} : { ssl: access.tls }),
    ...(access.sasl === null ? {} : { sasl: access.sasl }),
  });
  const admin = kafka.admin({ retry });
  try {
    await admin.connect();
    await makeOrCheck(admin, name, settings);
  } catch (error) {
    throw asLogError(`Topic "${name}" cannot be looked up`, error);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

async function makeOrCheck(admin: Admin, name: string, settings: TopicSettings): Promise<void> {
  const topics = await admin.listTopics();
  if (!topics.includes(name)) {
    const { brokers } = await admin.describeCluster();
    const replicationFactor = Math.min(MAX_REPLICAS, brokers.length);
    const configEntries = Object.entries(topicConfig(settings, replicationFactor)).map(([key, value]) => ({
      name: key,
      value: String(value),
    }));
    const topic = { topic: name, numPartitions: settings.partitions, replicationFactor, configEntries };
    await admin.createTopics({ topics: [topic], waitForLeaders: true }); // false: another process was faster
  }
  const found = (await admin.fetchTopicMetadata({ topics: [name] })).topics[0]?.partitions.length ?? 0;
  if (found !== settings.partitions)
    throw new RangeError(
      `Topic "${name}" has ${found} partitions, but ${settings.partitions} are needed: use another prefix, or make it anew`,
    );
  await checkConfig(admin, name, settings);
}

async function checkConfig(admin: Admin, name: string, { compacted }: TopicSettings): Promise<void> {
  const configNames = ["max.message.bytes", "cleanup.policy"];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames }],
  });
  const entries = resources[0]?.configEntries ?? [];
  const configured = (key: string) => entries.find(({ configName }) => configName === key)?.configValue;
  const bytes = Number(configured("max.message.bytes") ?? MAX_MESSAGE_BYTES);
  if (bytes < MAX_MESSAGE_BYTES)
    throw new RangeError(
      `Topic "${name}" takes messages up to ${bytes} bytes; max.message.bytes=${MAX_MESSAGE_BYTES} is needed`,
    );
  const policy = configured("cleanup.policy") ?? cleanupPolicy(compacted);
  if (policy !== cleanupPolicy(compacted))
    throw new RangeError(
      `Topic "${name}" has cleanup.policy=${policy}, which deletes what is needed; ${cleanupPolicy(compacted)} is needed`,
    );
}

function cleanupPolicy(compacted: boolean): "compact" | "delete" {
  return compacted ? "compact" : "delete";
}

/** Settings of a new topic. */
export function topicConfig(settings: TopicSettings, replicas: number): Record<string, string | number> {
  const shared = {
    "max.message.bytes": MAX_MESSAGE_BYTES,
    // With three copies one broker may be away, and what was acknowledged is on two disks.
    "min.insync.replicas": Math.max(1, replicas - 1),
    // Writers with a clock ahead are put right by log time, not refused.
    "message.timestamp.after.max.ms": "9223372036854775807",
  };
  if (settings.compacted)
    return {
      ...shared,
      "cleanup.policy": cleanupPolicy(true),
      // Only closed segments are compacted; every reader starts at the beginning, so they are kept small and few.
      "segment.bytes": 16 * MIB,
      "segment.ms": 10 * MINUTE_MS,
      "min.cleanable.dirty.ratio": 0.1,
    };
  const { maxBytes, partitions, retentionMs } = settings;
  return {
    ...shared,
    "cleanup.policy": cleanupPolicy(false),
    "retention.ms": Math.max(1, Math.round(retentionMs)),
    "retention.bytes": Number.isFinite(maxBytes) ? Math.max(1, Math.floor(maxBytes / partitions)) : -1,
  };
}
