import { randomBytes } from "node:crypto";
import { describe, inject, it } from "vitest";
import { eventLogContract } from "../contract.ts";
import { CONTRACT_TOPICS } from "../contract-topics.ts";
import type { EventLog } from "../eventlog.ts";
import { openKafkaLog } from "./kafka-log.ts";
import { sharedKafka } from "./testing/shared-kafka.ts";

const kafka = await sharedKafka(inject("kafkaFolder"));

if (kafka.kind === "missing") {
  describe.skip("the log on Kafka keeps the contract of an event log", () => it(`not tried: ${kafka.reason}`));
} else {
  eventLogContract("the log on Kafka", { writers: "many", members: "shared" }, async () => {
    const prefix = `contract-${randomBytes(6).toString("hex")}`;
    const opened: EventLog[] = [];
    return {
      open: () => {
        const log = openKafkaLog({
          access: { brokers: [kafka.bootstrap], prefix, tls: null, sasl: null },
          topics: CONTRACT_TOPICS,
          retentionMs: 1e12,
        });
        opened.push(log);
        return log;
      },
      dispose: async () => {
        await Promise.all(opened.map((log) => log.close()));
      },
    };
  });
}
