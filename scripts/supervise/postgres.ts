import { type ChildProcess, spawn } from "node:child_process";
import pino from "pino";
import { type EmbeddedPostgres, launchEmbeddedPostgres } from "../../platform/postgres/embedded/launch.ts";
import type { Running } from "./child.ts";

export interface PostgresOptions {
  dataDir: string;
  port: number;
  password: string;
  logLevel: string;
  /** Takes each line of its log, JSON as from every program. */
  note: (line: string) => void;
}

/** Embedded Postgres as something that can be kept alive. Resolves when it answers. */
export async function startPostgres({ note, logLevel, ...options }: PostgresOptions): Promise<Running> {
  const log = pino(
    {
      level: logLevel,
      base: { program: "postgres" },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => note(line.trimEnd()) },
  );
  const engine = await launchEmbeddedPostgres({ ...options, log });
  const guard = startGuard(engine.pid);
  const ended = engine.exited.then(({ code, signal }) => {
    guard.stdin?.end("ended\n");
    return signal === null ? `exit code ${code}` : `signal ${signal}`;
  });
  return { ended, stop: (graceMs) => stopEngine(engine, graceMs) };
}

/**
 * The engine does not watch us, so a small shell does: when its input ends without a word, because we were killed, it
 * tells the engine to stop. After the engine's own end it is told so, lest it hit a stranger with the same number.
 */
function startGuard(pid: number): ChildProcess {
  const guard = spawn("/bin/sh", ["-c", 'read -r word || kill -INT "$1"', "playhead-guard", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: {},
  });
  guard.stdin.on("error", () => {});
  return guard;
}

async function stopEngine(engine: EmbeddedPostgres, graceMs: number): Promise<void> {
  // Immediate shutdown instead of SIGKILL: it leaves no children and no shared memory behind, and recovers as well.
  const timer = setTimeout(() => kill(engine.pid, "SIGQUIT"), graceMs);
  await engine.stop();
  clearTimeout(timer);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
