import { describe, expect, it } from "vitest";
import { type LogRecord, LogUnavailableError } from "../eventlog.ts";
import { KafkaWriter } from "./kafka-writer.ts";
import type { Round } from "./producer.ts";

const MIB = 1024 * 1024;
const record = (sizeBytes: number): LogRecord => ({
  ...{ partition: 0, key: "k", timestampMs: 1 },
  value: Buffer.alloc(sizeBytes),
});

/** A writer whose brokers answer when the test says so. */
function waitingWriter(compacted = false) {
  const answer = Promise.withResolvers<void>();
  const sent: Round[] = [];
  const send = (round: Round): Promise<void> => {
    sent.push(round);
    return answer.promise;
  };
  const connection = { close: async () => undefined };
  const shared = { topic: "events", partitions: 1, compacted, log: null, metrics: null };
  return { writer: new KafkaWriter({ ...shared, connection, producer: { send } }), answer, sent };
}

describe("the writer of a topic on Kafka", () => {
  it("refuses more once 128 MiB wait for brokers that do not answer, and takes it again when they did", async () => {
    const { writer, answer } = waitingWriter();
    const waiting = Array.from({ length: 32 }, () => writer.append([record(4 * MIB)]));
    await expect(writer.append([record(1)])).rejects.toThrow(LogUnavailableError);
    answer.resolve();
    await Promise.all(waiting);
    await writer.append([record(1)]);
  });

  it("sends nothing of a call with a record that cannot be stored", async () => {
    const { writer, sent } = waitingWriter(true);
    await expect(writer.append([record(1), { ...record(1), key: "" }])).rejects.toThrow(RangeError);
    await expect(writer.append([record(1), record(9 * MIB)])).rejects.toThrow(RangeError);
    expect(sent).toEqual([]);
  });

  it("is unavailable once it is closed", async () => {
    const { writer } = waitingWriter();
    await writer.close();
    await expect(writer.append([record(1)])).rejects.toThrow(LogUnavailableError);
  });
});
