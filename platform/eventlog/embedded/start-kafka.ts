import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { BrokerPlace } from "./broker-properties.ts";
import { type KafkaBroker, prepareBroker } from "./kafka-broker.ts";
import { fetchKafkaJars } from "./kafka-jars.ts";

export interface StartKafkaOptions {
  brokers: 1 | 3;
  /** Data, settings and logs of the brokers; started again on it, the cluster is the same. */
  folder: string;
  /** Where the jars are kept between runs; in `folder` unless given. */
  jarsFolder?: string;
  onProgress?: (line: string) => void;
}

export interface KafkaCluster {
  /** host:port of every broker, comma-separated. */
  bootstrap: string;
  brokers: readonly KafkaBroker[];
  stop(): Promise<void>;
}

/** A single broker ends in one or two seconds. */
const STOP_MS = 10_000;

/** Remembers ports and identity, so that addresses survive a stop. */
const Saved = z.object({
  clusterId: z.string(),
  ports: z.array(z.object({ client: z.number(), controller: z.number() })),
});

/**
 * Starts brokers of Apache Kafka in KRaft mode on free loopback ports, for development and tests: a few seconds once the
 * jars are there. `kafkaMissing` says beforehand whether the machine has what it takes.
 */
export async function startKafka(options: StartKafkaOptions): Promise<KafkaCluster> {
  const say = options.onProgress ?? (() => undefined);
  await mkdir(options.folder, { recursive: true });
  const classPath = await fetchKafkaJars(options.jarsFolder ?? options.folder, say);
  const { clusterId, ports } = await identityOf(options);
  const all = ports.map(
    ({ client, controller }, at): BrokerPlace => ({
      nodeId: at + 1,
      clientPort: client,
      controllerPort: controller,
      dataDir: join(options.folder, `broker-${at + 1}`, "data"),
    }),
  );
  say(`preparing ${all.length === 1 ? "one broker" : `${all.length} brokers`} in ${options.folder}`);
  const brokers = await Promise.all(all.map((place) => prepareBroker({ place, all, classPath, clusterId })));
  const stop = async (): Promise<void> => {
    await Promise.all(brokers.map(endBroker));
  };
  try {
    say("starting");
    await Promise.all(brokers.map((broker) => broker.start())); // together: one alone has no majority
  } catch (error) {
    await Promise.all(brokers.map((broker) => broker.end("SIGKILL")));
    throw error;
  }
  return { bootstrap: brokers.map(({ address }) => address).join(","), brokers, stop };
}

/** The last of several, which has no majority any more, may wait for it for minutes. */
async function endBroker(broker: KafkaBroker): Promise<void> {
  await Promise.race([broker.end("SIGTERM"), sleep(STOP_MS, undefined, { ref: false })]);
  await broker.end("SIGKILL");
}

async function identityOf({ folder, brokers }: StartKafkaOptions): Promise<z.output<typeof Saved>> {
  const file = join(folder, "cluster.json");
  const text = await readFile(file, "utf8").catch(() => null);
  if (text !== null) {
    const saved = Saved.parse(JSON.parse(text));
    if (saved.ports.length === brokers) return saved;
    throw new Error(`${folder} holds a cluster of ${saved.ports.length}, not ${brokers}: use another folder`);
  }
  const found = await freePorts(brokers * 2);
  const ports = Array.from({ length: brokers }, (_, at) => ({
    client: found[at * 2] ?? 0,
    controller: found[at * 2 + 1] ?? 0,
  }));
  const made = { clusterId: randomBytes(16).toString("base64url"), ports };
  await writeFile(file, `${JSON.stringify(made)}\n`);
  return made;
}

/** Away from the ports that systems give out by themselves: a broker must get its own again after a restart. */
async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; found.size < count && attempt < 1_000; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * 9_000);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
