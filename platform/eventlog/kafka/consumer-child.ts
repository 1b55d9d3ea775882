import { openKafkaLog } from "./kafka-log.ts";

/** What the parent is told, in this order for each batch. */
export type ChildSays =
  | { kind: "assigned"; partition: number }
  | { kind: "handled"; partition: number; keys: string[] }
  | { kind: "committed"; partition: number; keys: string[] };

export interface ChildOptions {
  bootstrap: string;
  prefix: string;
  group: string;
  memberName?: string;
  sessionMs: number;
}

/** A member of a group in a process of its own, to be killed: tells its parent what it handles and commits. */
const { group, bootstrap, prefix, ...options } = JSON.parse(process.argv[2] ?? "{}") as ChildOptions; // from our own test
const log = openKafkaLog({
  ...options,
  access: { brokers: [bootstrap], prefix, tls: null, sasl: null },
  topics: { events: { partitions: 4, compacted: false } },
  retentionMs: 1e12,
});
const say = (message: ChildSays): void => void process.send?.(message);
const consumer = await log.subscribe("events", group, {
  assigned: async ({ partition }) => say({ kind: "assigned", partition }),
  batch: async (partition, records) => {
    const keys = records.map(({ key }) => key);
    say({ kind: "handled", partition, keys });
    await consumer.commit(partition, records.at(-1)?.nextOffset ?? 0);
    say({ kind: "committed", partition, keys });
  },
  revoked: async () => undefined,
  failed: () => process.exit(1),
});
process.on("disconnect", () => process.exit(0));
