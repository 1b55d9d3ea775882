import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TOPICS } from "../../domain/messages/topics.ts";
import { internalPort, portsFrom } from "../../domain/ports.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import { launchEmbeddedClickHouse } from "../../platform/clickhouse/embedded/launch.ts";
import { DATABASE, migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { JARS_FOLDER } from "../../platform/eventlog/embedded/kafka-jars.ts";
import { startKafka } from "../../platform/eventlog/embedded/start-kafka.ts";
import type { EventLog } from "../../platform/eventlog/eventlog.ts";
import { parseKafkaUrl } from "../../platform/eventlog/kafka/kafka-access.ts";
import { openKafkaLog } from "../../platform/eventlog/kafka/kafka-log.ts";
import { openSegmentLog } from "../../platform/eventlog/segment-log.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { startStackPostgres } from "../stack/postgres.ts";
import { freePortBase, ROOT } from "../stack/processes.ts";
import { type Balancer, startBalancer } from "./balancer.ts";
import type { Disturbance } from "./disturbances.ts";
import { Program } from "./program.ts";

/** Longer than a session: its partitions are others' when it wakes up. */
const PAUSE_MS = 13_000;
/** A session outlasts it. */
const BROKER_PAUSE_MS = 6_000;
const READ_ONLY = { topics: TOPICS, retentionMs: 1e12 };

/** One or two of each program of the collector, each a real process, with the databases and the log they use. */
export interface SoakStack {
  folder: string;
  /** host:port of the beacon endpoint, before all edges. */
  collector: string;
  clickhouse: ClickHouse;
  edges: readonly Program[];
  views: readonly Program[];
  /** Names of all that can be killed: every process but our own. */
  killed: readonly string[];
  /** Names of all that can stand still for a while; none on the embedded log. */
  paused: readonly string[];
  /** Kill -9 and start, or stop for a while and go on; resolves when it is ready. */
  disturb(disturbance: Disturbance): Promise<void>;
  /** The log as a reader sees it. */
  openLog(): EventLog;
  stop(): Promise<void>;
}

export interface Store {
  url: string;
  clickhouse: ClickHouse;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** An embedded ClickHouse with all migrations, in a folder of its own. */
export async function startStore(folder: string): Promise<Store> {
  const launch = {
    dataDir: folder,
    port: portsFrom(await freePortBase()).clickhouse,
    password: randomBytes(16).toString("hex"),
  };
  let engine = await launchEmbeddedClickHouse(launch);
  const url = `http://default:${launch.password}@127.0.0.1:${launch.port}`;
  const clickhouse = createClickHouse({ url, database: DATABASE });
  const log = createLogger("store", "silent");
  await migrateClickHouse({ clickhouse, directory: join(ROOT, "migrations/clickhouse"), cluster: null, log });
  return {
    url,
    clickhouse,
    restart: async () => {
      engine.kill("SIGKILL");
      await engine.exited;
      engine = await launchEmbeddedClickHouse(launch);
    },
    stop: async () => {
      await clickhouse.close();
      await engine.stop();
    },
  };
}

type Actions = Readonly<Record<string, () => Promise<unknown>>>;

interface Log {
  environment: Record<string, string>;
  open(): EventLog;
  /** What can be done to its process, where it has one. */
  kills: Actions;
  pauses: Actions;
  stop(): Promise<void>;
}

async function startLog(kind: "embedded" | "kafka", folder: string): Promise<Log> {
  if (kind === "embedded") {
    const directory = join(folder, "eventlog");
    const open = () => openSegmentLog({ ...READ_ONLY, directory, now: Date.now });
    return { environment: { EVENTLOG_DIR: directory }, open, kills: {}, pauses: {}, stop: async () => undefined };
  }
  const kafka = await startKafka({ brokers: 1, folder: join(folder, "kafka"), jarsFolder: JARS_FOLDER });
  const [broker] = kafka.brokers;
  const url = `kafka://${kafka.bootstrap}/soak`;
  const access = parseKafkaUrl(url);
  if (typeof access === "string" || broker === undefined) throw new Error(`${url} ${access}`);
  return {
    environment: { EVENTLOG_URL: url },
    open: () => openKafkaLog({ ...READ_ONLY, access }),
    kills: { broker: () => broker.end("SIGKILL").then(() => broker.start()) },
    pauses: { broker: () => pauseProcess(broker.pid(), BROKER_PAUSE_MS) },
    stop: () => kafka.stop(),
  };
}

async function pauseProcess(pid: number, durationMs: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  await sleep(durationMs);
  process.kill(pid, "SIGCONT");
}

export async function startSoakStack(kind: "embedded" | "kafka", environmentKey: string): Promise<SoakStack> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-soak-"));
  const [postgres, store, log] = await Promise.all([
    startStackPostgres(join(folder, "postgres"), [environmentKey]),
    startStore(join(folder, "clickhouse")),
    startLog(kind, folder),
  ]);
  const environment = {
    ...programEnvironment(store.url),
    ...log.environment,
    DATABASE_URL: postgres.url,
  };
  const bases = await portBases(kind === "kafka" ? 2 : 1);
  const edges = bases.map((base) => edgeOn(base, environment));
  const views = bases.map((base) => viewsOn(base, environment));
  await Promise.all([...edges, ...views].map((program) => program.start()));
  const balancer = await startBalancer(bases.map((base) => portsFrom(base).collector));
  const restart = (program: Program) => program.restart();
  const kills: Actions = {
    ...named("edge", edges, restart),
    ...named("views", views, restart),
    clickhouse: store.restart,
    postgres: () => postgres.restart("SIGKILL"),
    ...log.kills,
  };
  // On the embedded log nobody takes over what stands still: that is a slow machine, not a fault.
  const pauses = kind === "kafka" ? { ...named("views", views, (one) => one.pause(PAUSE_MS)), ...log.pauses } : {};
  return {
    ...{ folder, collector: balancer.address, clickhouse: store.clickhouse, edges, views, openLog: log.open },
    ...{ killed: Object.keys(kills), paused: Object.keys(pauses) },
    disturb: async (disturbance) => {
      const actions: Actions = disturbance.kind === "kill" ? kills : pauses;
      const action = actions[disturbance.victim];
      if (action === undefined) throw new Error(`there is no way to ${disturbance.kind} ${disturbance.victim}`);
      await action();
    },
    stop: () => stopAll(folder, balancer, [...edges, ...views], [store, log, postgres]),
  };
}

function named(name: string, programs: readonly Program[], action: (program: Program) => Promise<void>): Actions {
  const entries = programs.map(
    (program, at) => [programs.length === 1 ? name : `${name}-${at + 1}`, () => action(program)] as const,
  );
  return Object.fromEntries(entries);
}

/** What any program of the collector is told, apart from its log. */
export function programEnvironment(clickhouseUrl: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    TZ: "UTC",
    LOG_LEVEL: "warn",
    PLAYHEAD_SUPERVISED: "1",
    PLAYHEAD_GEO: "country",
    CLICKHOUSE_URL: clickhouseUrl,
    SOCKET_TOKEN_SECRET: randomBytes(32).toString("hex"),
  };
}

export function viewsOn(base: number, environment: Record<string, string>): Program {
  const own = { ...environment, PLAYHEAD_PORT_BASE: String(base) };
  return new Program("collector/views/main.ts", own, internalPort(portsFrom(base).socket));
}

function edgeOn(base: number, environment: Record<string, string>): Program {
  const own = { ...environment, PLAYHEAD_PORT_BASE: String(base) };
  return new Program("collector/edge/main.ts", own, internalPort(portsFrom(base).collector));
}

async function portBases(count: number): Promise<number[]> {
  const bases = new Set<number>();
  while (bases.size < count) bases.add(await freePortBase());
  return [...bases];
}

async function stopAll(
  folder: string,
  balancer: Balancer,
  programs: readonly Program[],
  engines: readonly { stop(): Promise<void> }[],
): Promise<void> {
  await balancer.close();
  await Promise.all(programs.map((program) => program.end("SIGTERM")));
  for (const engine of engines) await engine.stop();
  await rm(folder, { recursive: true, force: true });
}
