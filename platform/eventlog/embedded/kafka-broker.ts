import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import { mendKafkajs } from "../kafka/mend-kafkajs.ts";
import { type BrokerPlace, brokerProperties, LOG4J_PROPERTIES } from "./broker-properties.ts";

const run = promisify(execFile);
/** Starting takes 2 s, after a kill some more: its old registration has to end first. */
const READY_LIMIT_MS = 60_000;
const KEPT_LINES = 20;
/** Small heap, one collector thread, no second compiler: several brokers fit beside everything else on two cores. */
const JAVA_OPTIONS = ["-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

export interface KafkaBroker {
  /** host:port for clients. */
  address: string;
  /** 0 while it does not run. */
  pid(): number;
  /** Starts it and waits until it answers. */
  start(): Promise<void>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface BrokerOptions {
  place: BrokerPlace;
  all: readonly BrokerPlace[];
  classPath: string;
  /** The same for all brokers, and in each later start. */
  clusterId: string;
}

/** Writes a broker's settings and formats its storage, unless that was done before. */
export async function prepareBroker({ place, all, classPath, clusterId }: BrokerOptions): Promise<KafkaBroker> {
  const folder = join(place.dataDir, "..");
  await mkdir(folder, { recursive: true });
  const properties = join(folder, "server.properties");
  await writeFile(properties, brokerProperties(place, all));
  await writeFile(join(folder, "log4j2.properties"), LOG4J_PROPERTIES);
  const java = [`-Dlog4j2.configurationFile=${join(folder, "log4j2.properties")}`, "-cp", classPath];
  if (!existsSync(join(place.dataDir, "meta.properties")))
    await run("java", [
      ...JAVA_OPTIONS,
      ...java,
      "kafka.tools.StorageTool",
      "format",
      `--cluster-id=${clusterId}`, // it may begin with a dash

      "-c",
      properties,
    ]);
  return new BrokerProcess(place, [...JAVA_OPTIONS, ...java, "kafka.Kafka", properties], join(folder, "broker.log"));
}

class BrokerProcess implements KafkaBroker {
  readonly address: string;
  readonly #nodeId: number;
  readonly #command: readonly string[];
  readonly #logFile: string;
  #child: ChildProcess | null = null;

  constructor(place: BrokerPlace, command: readonly string[], logFile: string) {
    this.address = `127.0.0.1:${place.clientPort}`;
    this.#nodeId = place.nodeId;
    this.#command = command;
    this.#logFile = logFile;
  }

  pid(): number {
    return isRunning(this.#child) ? (this.#child.pid ?? 0) : 0;
  }

  async start(): Promise<void> {
    if (isRunning(this.#child)) return;
    const output = openSync(this.#logFile, "a");
    const child = spawn("java", this.#command, { stdio: ["ignore", output, output] });
    this.#child = child;
    child.unref(); // who starts it for others may end before it
    const deadlineMs = performance.now() + READY_LIMIT_MS;
    while (!(await this.#answers())) {
      if (!isRunning(child)) throw new Error(`Kafka did not start: ${await this.#lastLines()}`);
      if (performance.now() > deadlineMs) throw new Error(`Kafka is not ready after ${READY_LIMIT_MS / 1_000} s`);
      await sleep(100);
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!isRunning(child)) return;
    const exited = once(child, "exit");
    child.ref();
    child.kill(signal);
    await exited;
  }

  /** In the cluster's own list, so that topics can be placed on it. */
  async #answers(): Promise<boolean> {
    mendKafkajs();
    const retry = { retries: 0 };
    const admin = new Kafka({ brokers: [this.address], logLevel: logLevel.NOTHING, retry }).admin({ retry });
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      return brokers.some(({ nodeId }) => nodeId === this.#nodeId);
    } catch {
      return false;
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  async #lastLines(): Promise<string> {
    const text = await readFile(this.#logFile, "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-KEPT_LINES).join(" | ");
  }
}

function isRunning(child: ChildProcess | null): child is ChildProcess {
  return child !== null && child.exitCode === null && child.signalCode === null;
}
