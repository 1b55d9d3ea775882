import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../../observability/logger.ts";
import { findBinaries } from "./binaries.ts";
import { ensureCluster, ensureDatabase } from "./cluster.ts";
import { forwardLog } from "./forward-log.ts";
import { clearOrphan, rememberLauncher } from "./orphan.ts";
import { MemoryStillInUse, untilReady } from "./ready.ts";
import { CHILD_ENVIRONMENT } from "./run.ts";
import { chooseRunner, type Identity, type Runner } from "./runner.ts";

export interface EmbeddedPostgresOptions {
  /** Holds the cluster and our notes about it; made when missing. Removing it begins anew. */
  dataDir: string;
  port: number;
  /** Of the only role, `playhead`. Kept by the cluster: another one later is refused. */
  password: string;
  log: Logger;
  /** Short phrases for the person who waits. */
  onProgress?: (phrase: string) => void;
  /** Left out except by tests: which way around "Postgres refuses to run as root" is taken. */
  identity?: Identity | "auto";
  /** Engine settings over ours, such as `{ fsync: "off" }` in tests. */
  settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** `postgres://playhead:…@127.0.0.1:port/playhead` */
  url: string;
  pid: number;
  identity: Identity;
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. May be called twice. */
  stop(): Promise<void>;
  /** Resolves when the engine has ended, for whatever reason; never rejects. */
  exited: Promise<Exit>;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Small on purpose: the analytics live elsewhere, and this shares a small machine with all of the product. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "64MB",
  max_wal_size: "256MB",
  wal_level: "minimal",
  max_wal_senders: "0",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "",
  log_checkpoints: "off",
};

/** A fast shutdown takes milliseconds; beyond this the engine is stopped at once and recovers at its next start. */
const FAST_SHUTDOWN_MS = 5_000;

const MAX_START_ATTEMPTS = 40;
const START_RETRY_MS = 250;

/** Starts the real Postgres on loopback, making its cluster and database when missing, and waits until it answers. */
export async function launchEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, port, password, log, onProgress = () => {} } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const runner = await chooseRunner(dataDir, await findBinaries(), options.identity);
  const cluster = join(runner.home, "cluster");
  log.debug({ identity: runner.identity, cluster }, "postgres identity chosen");

  await ensureCluster(runner, cluster, password, onProgress);
  await clearOrphan(dataDir, cluster, (message) => {
    log.warn({ cluster }, message);
    onProgress(message);
  });
  await rememberLauncher(dataDir);
  const settings = { ...SETTINGS, ...options.settings, port: String(port) };
  const { engine, pid } = await startUntilReady(() => startEngine(runner, cluster, settings, log), cluster, port);
  try {
    const url = await ensureDatabase(port, password);
    return { url, pid, identity: runner.identity, exited: engine.exited, stop: () => stopEngine(engine) };
  } catch (error) {
    await stopEngine(engine);
    throw error;
  }
}

/** Backends of a killed postmaster notice its death within moments and hold its memory until then; such a start is retried. */
async function startUntilReady(
  start: () => Engine,
  cluster: string,
  port: number,
): Promise<{ engine: Engine; pid: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const engine = start();
    try {
      return { engine, pid: await untilReady(engine, cluster, port) };
    } catch (error) {
      await stopEngine(engine);
      if (!(error instanceof MemoryStillInUse) || attempt === MAX_START_ATTEMPTS) throw error;
      await delay(START_RETRY_MS);
    }
  }
}

/** The started process, its end, and the last lines it said (to name the reason when it does not come up). */
export interface Engine {
  child: ChildProcess;
  exited: Promise<Exit>;
  hasExited(): boolean;
  lastLines(): string[];
}

function startEngine(runner: Runner, cluster: string, settings: Readonly<Record<string, string>>, log: Logger): Engine {
  const assignments = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const { command, options } = runner.wrap(runner.binaries.postgres, ["-D", cluster, ...assignments]);
  const child = spawn(command[0], command.slice(1), {
    ...options,
    cwd: "/",
    env: CHILD_ENVIRONMENT,
    stdio: ["ignore", "ignore", "pipe"],
    detached: true, // a group of its own: Ctrl-C in the terminal must not stop it before those who still write to it
  });
  let hasExited = false;
  const exited = new Promise<Exit>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      hasExited = true;
      resolve({ code, signal });
    };
    child.once("exit", end);
    child.once("error", () => end(null, null));
  });
  return { child, exited, hasExited: () => hasExited, lastLines: forwardLog(child.stderr, log) };
}

async function stopEngine({ child, exited, hasExited }: Engine): Promise<void> {
  if (hasExited()) return;
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGQUIT"), FAST_SHUTDOWN_MS);
  await exited;
  clearTimeout(timer);
}
