import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { THREADS } from "./config.ts";

export interface LaunchOptions {
  dataDir: string;
  /** 0, the default, lets the system choose. */
  port?: number;
  password: string;
  logLevel?: string;
  /** Each line of the process's log (JSON) and of its error output. */
  onLine?: (line: string) => void;
}

export interface EmbeddedClickHouse {
  url: string;
  port: number;
  internalPort: number;
  pid: number;
  /** Resolves when the process has ended, however that came. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGTERM, then waits for the end. Rejects when the process did not end well. */
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starting takes 0.3 s, with many parts after a crash some seconds; the library is read from disk the first time. */
const START_DEADLINE_MS = 60_000;

/** Parameters travel in the URL: as much as a server takes (`http_max_uri_size`); node's own limit is 16 kB. */
const MAX_URL_BYTES = 1024 * 1024;

const Ready = z.object({ port: z.number(), internalPort: z.number() });

/**
 * Starts the engine's process and waits until it answers. It ends with its parent, since the parent holds its standard
 * input. Rejects with the last lines it wrote when it ends before it is ready.
 */
export async function launchEmbeddedClickHouse(options: LaunchOptions): Promise<EmbeddedClickHouse> {
  const child = spawnMain(options);
  const lastLines = readLines(child, options.onLine);
  const exited = once(child, "exit").then(
    ([code, signal]) => ({ code, signal }) as Awaited<EmbeddedClickHouse["exited"]>,
  );
  const deadline = setTimeout(() => child.kill("SIGKILL"), START_DEADLINE_MS);
  try {
    const message = await Promise.race([
      once(child, "message").then(([first]) => Ready.parse(first)),
      exited.then(({ code, signal }) => {
        throw new Error(`ClickHouse did not start (${signal ?? `exit code ${code}`}): ${lastLines.join(" | ")}`);
      }),
    ]);
    return running(child, message, exited);
  } finally {
    clearTimeout(deadline);
  }
}

function running(
  child: ChildProcess,
  { port, internalPort }: z.output<typeof Ready>,
  exited: EmbeddedClickHouse["exited"],
): EmbeddedClickHouse {
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    internalPort,
    pid: child.pid ?? 0, // set whenever the process has spawned, which its message proves
    exited,
    stop: async () => {
      child.kill("SIGTERM");
      const { code, signal } = await exited;
      if (code !== 0) throw new Error(`ClickHouse ended with ${signal ?? `exit code ${code}`}`);
    },
    kill: (signal) => void child.kill(signal),
  };
}

function spawnMain({ dataDir, port = 0, password, logLevel = "info" }: LaunchOptions): ChildProcess {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  return spawn(process.execPath, [`--max-http-header-size=${MAX_URL_BYTES}`, main], {
    stdio: ["pipe", "pipe", "pipe", "ipc"],
    env: {
      CLICKHOUSE_DATA_DIR: dataDir,
      CLICKHOUSE_PASSWORD: password,
      PLAYHEAD_CLICKHOUSE_PORT: String(port),
      PLAYHEAD_SUPERVISED: "1",
      LOG_LEVEL: logLevel,
      UV_THREADPOOL_SIZE: String(THREADS),
    },
  });
}

/** Keeps the last lines of both outputs; reading them also keeps the process from blocking on a full pipe. */
function readLines(child: ChildProcess, onLine: ((line: string) => void) | undefined): string[] {
  const last: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    if (output === null) continue;
    createInterface({ input: output }).on("line", (line) => {
      last.push(line);
      if (last.length > 5) last.shift();
      onLine?.(line);
    });
  }
  return last;
}
