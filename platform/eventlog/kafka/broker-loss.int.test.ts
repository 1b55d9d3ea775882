import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { collect } from "../contract-collector.ts";
import { CONTRACT_TOPICS } from "../contract-topics.ts";
import { JARS_FOLDER } from "../embedded/kafka-jars.ts";
import { type KafkaCluster, startKafka } from "../embedded/start-kafka.ts";
import { type EventLog, LogUnavailableError, type LogWriter } from "../eventlog.ts";
import { openKafkaLog } from "./kafka-log.ts";
import { brokersMissing } from "./testing/shared-kafka.ts";

/** Three brokers are started in the long test alone: they take a while, and most of a small machine. */
const BROKERS = process.env["KAFKA_BROKERS"] === "3" ? 3 : 1;
const KILLS = BROKERS === 3 ? 6 : 2;
const missing = await brokersMissing(inject("kafkaFolder"));
const PARTITIONS = CONTRACT_TOPICS.events.partitions;

let folder: string;
let kafka: KafkaCluster;
const opened: EventLog[] = [];

describe.skipIf(missing !== null)(
  `with ${BROKERS} broker${BROKERS === 1 ? "" : "s"}, of which one is killed now and then`,
  () => {
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "playhead-kafka-loss-"));
      kafka = await startKafka({ brokers: BROKERS, folder, jarsFolder: JARS_FOLDER });
    });
    afterAll(async () => {
      await Promise.all(opened.map((log) => log.close()));
      await kafka.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it(`hands out what was acknowledged, in order and nothing twice but what was refused, over ${KILLS} kills`, async () => {
      const log = open();
      const writer = await log.openWriter("events");
      const seen = await collect(log, "events", "survivors");
      await seen.held(PARTITIONS);
      const stop = new AbortController();
      const writing = writeFor(writer, stop.signal);
      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep(1_000);
        const broker = kafka.brokers[kill % BROKERS];
        await broker?.end("SIGKILL");
        if (BROKERS === 3) await sleep(1_000); // the others go on
        await broker?.start();
      }
      await sleep(1_000);
      stop.abort();
      const { acknowledged, refused } = await writing;
      expect(acknowledged.length).toBeGreaterThan(100);
      await vi.waitFor(() => expect(new Set(keysOf(seen)).size).toBeGreaterThanOrEqual(acknowledged.length), 30_000);
      const keys = keysOf(seen);
      expect(acknowledged.filter((key) => !keys.includes(key))).toEqual([]);
      expect(keys.filter((key, at) => keys.indexOf(key) !== at && !refused.includes(key))).toEqual([]);
      const order = seen
        .of(0)
        .map(({ key }) => Number(key))
        .filter((key) => !refused.includes(String(key)));
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(seen.failures).toEqual([]);
      await seen.commitAll();
    }, 300_000);

    it.runIf(BROKERS === 3)(
      "goes on within seconds while one of three hangs",
      async () => {
        const log = open();
        const writer = await log.openWriter("events");
        const seen = await collect(log, "events", "hanging");
        await seen.held(PARTITIONS);
        const everywhere = Array.from({ length: PARTITIONS }, (_, partition) => ({
          ...one,
          partition,
          key: "everywhere",
        }));
        await writer.append(everywhere);
        await sleep(1_000); // a writer that has just begun has no identity to spare
        const pid = kafka.brokers[0]?.pid() ?? 0;
        process.kill(pid, "SIGSTOP");
        try {
          await vi.waitFor(() => writer.append(everywhere), { timeout: 15_000, interval: 200 });
          const counts = () => everywhere.map(({ partition }) => seen.of(partition).length);
          await vi.waitFor(() => expect(Math.min(...counts())).toBeGreaterThan(1), 15_000);
        } finally {
          process.kill(pid, "SIGCONT");
        }
      },
      60_000,
    );

    it.runIf(BROKERS === 1)(
      "skips what its disk has damaged, and says so to whoever reads",
      async () => {
        const log = open();
        const writer = await log.openWriter("states");
        for (const key of ["before", "damaged", "after"]) await writer.append([{ ...one, key, partition: 1 }]);
        await kafka.brokers[0]?.end("SIGTERM"); // it looks at its files again only after a crash
        const file = join(folder, "broker-1", "data", "loss.states-1", "00000000000000000000.log");
        const bytes = await readFile(file);
        bytes[bytes.indexOf("damaged")] = 0;
        await writeFile(file, bytes);
        await kafka.brokers[0]?.start();
        const read: string[] = [];
        for await (const { key } of log.readAll("states", 1, () => read.push("gap"))) read.push(key);
        expect(read).toEqual(["before", "gap", "after"]);
        const seen = await collect(log, "states", "readers");
        await vi.waitFor(() => expect(seen.of(1).map(({ key }) => key)).toEqual(["before", "after"]), 20_000);
      },
      60_000,
    );

    it("says so while no broker answers, and goes on when one does", async () => {
      const log = open();
      const writer = await log.openWriter("states");
      await Promise.all(kafka.brokers.map((broker) => broker.end("SIGKILL")));
      await expect(writer.append([{ ...one, key: "lost" }])).rejects.toThrow(LogUnavailableError);
      await expect(readStates(log)).rejects.toThrow(LogUnavailableError);
      await Promise.all(kafka.brokers.map((broker) => broker.start()));
      await vi.waitFor(() => writer.append([{ ...one, key: "kept" }]), { timeout: 30_000, interval: 200 });
      expect(await readStates(log)).toContain("kept");
    }, 120_000);
  },
);

const one = { partition: 0, key: "", value: Buffer.from("x"), timestampMs: 1 };

function open(): EventLog {
  const access = { brokers: kafka.bootstrap.split(","), prefix: "loss", tls: null, sasl: null };
  const log = openKafkaLog({ access, topics: CONTRACT_TOPICS, retentionMs: 1e12 });
  opened.push(log);
  return log;
}

/** Appends numbers one after the other as fast as they are taken; refused ones are given up. */
async function writeFor(
  writer: LogWriter,
  signal: AbortSignal,
): Promise<{ acknowledged: string[]; refused: string[] }> {
  const [acknowledged, refused]: [string[], string[]] = [[], []];
  for (let next = 0; !signal.aborted; next += 1) {
    // Brokers that start again forget the numbers of writers whose last record is a day old, by its own time.
    const record = { ...one, partition: next % PARTITIONS, key: `${next}`, timestampMs: Date.now() };
    await writer.append([record]).then(
      () => acknowledged.push(record.key),
      (error: unknown) => {
        if (!(error instanceof LogUnavailableError)) throw error;
        refused.push(record.key);
      },
    );
    await sleep(2);
  }
  return { acknowledged, refused };
}

const keysOf = (seen: Awaited<ReturnType<typeof collect>>): string[] =>
  Array.from({ length: PARTITIONS }, (_, partition) => seen.of(partition).map(({ key }) => key)).flat();

async function readStates(log: EventLog): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of log.readAll("states", 0)) keys.push(key);
  return keys;
}
