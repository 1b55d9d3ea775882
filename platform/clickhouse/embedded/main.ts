import { mkdir, rm, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { internalPort } from "../../../domain/ports.ts";
import { LOOPBACK, listen } from "../../http/listen.ts";
import { openInternalPort } from "../../observability/internal-port.ts";
import { createLogger, type Logger } from "../../observability/logger.ts";
import { createMetrics } from "../../observability/metrics.ts";
import { Program } from "../../observability/program.ts";
import { Readiness } from "../../observability/readiness.ts";
import { type FrontConfig, readFrontConfig, THREADS } from "./config.ts";
import { setAsideParts } from "./damage.ts";
import { Engine } from "./engine.ts";
import { engineConfigXml, engineUsersXml } from "./engine-config.ts";
import { Executor, type ExecutorSizes } from "./executor.ts";
import { createFront } from "./front.ts";
import { createFrontMetrics } from "./front-metrics.ts";
import { addEngineChecks, logSetAside } from "./health.ts";
import { openPrivateFolder } from "./insert-file.ts";
import { takeLock } from "./lock.ts";
import { RowBinding } from "./row-binding.ts";

const GIBIBYTE = 1024 ** 3;
/** Threads for control, files and compression beside the connections. */
const SPARE_THREADS = 4;
/** Time for requests in flight at a stop; the program's own deadline is 8 s. */
const DRAIN_MS = 3_000;

/** Slow questions hold at most six connections, inserts have two of their own; fewer when threads are few. */
function sizesFor(threads: number): ExecutorSizes {
  return { reads: Math.min(6, Math.max(1, threads - SPARE_THREADS - 2)), writes: 2 };
}

async function start(config: FrontConfig, log: Logger, program: Program): Promise<void> {
  if (config.threads < THREADS) log.warn({ threads: config.threads, wanted: THREADS }, "UV_THREADPOOL_SIZE is small");
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const lock = takeLock(config.dataDir);
  program.onStop("lock", () => lock.release());
  const folder = await openPrivateFolder(config.dataDir);
  program.onStop("private folder", () => rm(folder, { recursive: true, force: true }));

  const binding = new RowBinding();
  const engine = await openEngine(config.dataDir, folder, binding);
  const executor = new Executor(engine, sizesFor(config.threads), binding);
  program.onStop("engine", () => executor.close());
  const readiness = new Readiness();
  const metrics = createMetrics("clickhouse");
  addEngineChecks(readiness, executor);
  const frontMetrics = createFrontMetrics(metrics, executor, () => setAsideParts(executor));
  await logSetAside(executor, log);

  const front = createFront({ executor, insertFolder: folder, password: config.password, metrics: frontMetrics, log });
  const listener = await listen(LOOPBACK, config.port, front);
  program.onStop("front", () => listener.close(DRAIN_MS));
  const internal = await openInternalPort(
    LOOPBACK,
    config.port === 0 ? 0 : internalPort(config.port),
    metrics,
    readiness,
  );
  program.onStop("internal port", () => internal.close());
  log.info({ port: listener.port, internalPort: internal.port }, "ready");
  process.send?.({ port: listener.port, internalPort: internal.port });
}

async function openEngine(dataDir: string, folder: string, binding: RowBinding): Promise<Engine> {
  const configFile = join(folder, "config.xml");
  const usersFile = join(folder, "users.xml");
  const memoryBytes = Math.min(4 * GIBIBYTE, Math.floor(totalmem() / 2));
  await writeFile(usersFile, engineUsersXml(binding), { mode: 0o600 });
  await writeFile(configFile, engineConfigXml(usersFile, { memoryBytes }), { mode: 0o600 });
  return new Engine(dataDir, configFile);
}

/** A mistake in the environment is one line for whoever started this, not a stack of ours. */
function configOrExit(): FrontConfig {
  try {
    return readFrontConfig();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

const config = configOrExit();
const log = createLogger("clickhouse", config.logLevel);
const program = new Program(log);
program.watchSignals({ supervised: config.supervised });
start(config, log, program).catch((error: unknown) => program.fail(error));
