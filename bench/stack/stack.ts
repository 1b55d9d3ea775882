import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { internalPort, type Ports, portsFrom } from "../../domain/ports.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import { type EmbeddedClickHouse, launchEmbeddedClickHouse } from "../../platform/clickhouse/embedded/launch.ts";
import { DATABASE, migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { signSocketToken } from "../../platform/tokens/socket-token.ts";
import { startStackPostgres } from "./postgres.ts";
import { endProgram, freePortBase, ROOT, spawnProgram, untilReady } from "./processes.ts";

/** The two programs of the collector, each a real process. */
export type CollectorProgram = "edge" | "views";

export type StackProcess = CollectorProgram | "clickhouse" | "postgres";

const SCRIPTS: Record<CollectorProgram, string> = {
  edge: "collector/edge/main.ts",
  views: "collector/views/main.ts",
};

export interface StackOptions {
  /** Environment keys to make; each gets an environment of its own, numbered from 1. */
  environmentKeys: readonly string[];
  /** What to start besides the databases; both by default. */
  programs?: readonly CollectorProgram[];
  /** For the event log; in a folder of its own by default. */
  eventlogDir?: string;
  /** For ClickHouse's data; in a folder of its own by default. */
  clickhouseDir?: string;
  /** Changes the tables after the migrations, to see that a test can fail. */
  prepare?: (clickhouse: ClickHouse) => Promise<void>;
  /** Lines of the programs' logs. */
  onLine?: (line: string) => void;
}

/**
 * A collector with real databases on free ports and in a temporary folder, for benchmarks and tests that kill processes.
 * Without server and app: who needs those starts `npm start` on a folder of its own.
 */
export interface Stack {
  ports: Ports;
  /** host:port of the beacon endpoint. */
  collector: string;
  clickhouse: ClickHouse;
  /** Of Postgres, with the environments. */
  databaseUrl: string;
  /** What its programs are told: for another one beside them. */
  environment: Readonly<Record<string, string>>;
  socketToken(environmentId: EnvironmentId): Promise<string>;
  /** 0 for a program that was not started. */
  pid(program: CollectorProgram | "clickhouse"): number;
  /** Sends a signal, waits for the end, starts again; resolves when it is ready. */
  restart(program: StackProcess, signal: NodeJS.Signals): Promise<{ code: number | null }>;
  stop(): Promise<void>;
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-stack-"));
  const ports = portsFrom(await freePortBase());
  const clickhouseDir = options.clickhouseDir ?? join(folder, "clickhouse");
  const password = randomBytes(16).toString("hex");
  const log = createLogger("stack", "silent");
  const [postgres, engine] = await Promise.all([
    startStackPostgres(join(folder, "postgres"), options.environmentKeys),
    launchEmbeddedClickHouse({ dataDir: clickhouseDir, port: ports.clickhouse, password }),
  ]);
  let clickhouseProcess: EmbeddedClickHouse = engine;
  const clickhouseUrl = `http://default:${password}@127.0.0.1:${ports.clickhouse}`;
  const clickhouse = createClickHouse({ url: clickhouseUrl, database: DATABASE });
  await migrateClickHouse({ clickhouse, directory: join(ROOT, "migrations/clickhouse"), cluster: null, log });
  await options.prepare?.(clickhouse);

  const secret = randomBytes(32).toString("hex");
  const environment = {
    PATH: process.env["PATH"] ?? "",
    TZ: "UTC",
    LOG_LEVEL: "info",
    PLAYHEAD_SUPERVISED: "1",
    PLAYHEAD_PORT_BASE: String(ports.app),
    DATABASE_URL: postgres.url,
    CLICKHOUSE_URL: clickhouseUrl,
    EVENTLOG_DIR: options.eventlogDir ?? join(folder, "eventlog"),
    SOCKET_TOKEN_SECRET: secret,
  };
  const programs = new Map<CollectorProgram, ChildProcess>();
  const start = async (program: CollectorProgram): Promise<void> => {
    const child = spawnProgram(SCRIPTS[program], environment, options.onLine);
    programs.set(program, child);
    await untilReady(child, internalPort(program === "edge" ? ports.collector : ports.socket));
  };
  await Promise.all((options.programs ?? ["edge", "views"]).map(start));

  return {
    ports,
    collector: `127.0.0.1:${ports.collector}`,
    clickhouse,
    databaseUrl: postgres.url,
    environment,
    socketToken: (environmentId) =>
      signSocketToken(
        { personId: "bench", environmentId, scopes: ["monitoring:read"] },
        new Uint8Array(Buffer.from(secret, "hex")),
        Date.now(),
      ),
    pid: (program) => (program === "clickhouse" ? clickhouseProcess.pid : (programs.get(program)?.pid ?? 0)),
    restart: async (program, signal) => {
      if (program === "postgres") return postgres.restart(signal);
      if (program === "clickhouse") {
        clickhouseProcess.kill(signal);
        const { code } = await clickhouseProcess.exited;
        clickhouseProcess = await launchEmbeddedClickHouse({
          dataDir: clickhouseDir,
          port: ports.clickhouse,
          password,
        });
        return { code };
      }
      const code = await endProgram(programs.get(program), signal);
      await start(program);
      return { code };
    },
    stop: async () => {
      await Promise.all([...programs.values()].map((child) => endProgram(child, "SIGTERM")));
      await clickhouse.close();
      await clickhouseProcess.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
