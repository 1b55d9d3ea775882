import { type ChildProcess, spawn } from "node:child_process";
import { LineCutter } from "./log-lines.ts";

/** What to run and with which environment; nothing is inherited. */
export interface ChildCommand {
  command: string;
  args: readonly string[];
  cwd: string;
  environment: Readonly<Record<string, string>>;
}

/** How something that was started can be waited for and ended; also what the database launchers are wrapped in. */
export interface Running {
  /** Resolves with a short reason such as `exit code 1` when it has ended. Never rejects. */
  ended: Promise<string>;
  /** Asks it to stop, kills it after `graceMs`, resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

/** How many of the last lines are kept to explain a death. */
const LAST_LINES = 8;

const OUTPUT_PATIENCE_MS = 300;

export interface RunningChild extends Running {
  pid: number;
  exitCode: Promise<number>;
  lastLines(): readonly string[];
}

/**
 * Starts a program in a process group of its own (a Ctrl-C in the terminal does not reach it) and holds its standard
 * input open: when we die without a word, it sees the end of it and stops by itself.
 */
export function startChild(command: ChildCommand, onLine: (line: string) => void): RunningChild {
  const child = spawn(command.command, command.args, {
    cwd: command.cwd,
    env: { ...command.environment },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  child.stdin.on("error", () => {}); // it ended first
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    const cutter = new LineCutter();
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      for (const line of cutter.push(chunk)) {
        last.push(line);
        if (last.length > LAST_LINES) last.shift();
        onLine(line);
      }
    });
  }
  const ending = endOf(child);
  return {
    pid: child.pid ?? -1,
    ended: ending.then(({ reason }) => reason),
    exitCode: ending.then(({ code }) => code),
    lastLines: () => last,
    stop: (graceMs) => stopGroup(child, ending, graceMs),
  };
}

/** The end of the process, and of its output unless a grandchild holds that open. */
function endOf(child: ChildProcess): Promise<{ reason: string; code: number }> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ reason: error.message, code: -1 }));
    child.once("exit", (code, signal) => {
      const end = { reason: signal === null ? `exit code ${code}` : `signal ${signal}`, code: code ?? -1 };
      child.once("close", () => resolve(end));
      setTimeout(() => resolve(end), OUTPUT_PATIENCE_MS).unref();
    });
  });
}

async function stopGroup(child: ChildProcess, ending: Promise<unknown>, graceMs: number): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => killGroup(child), graceMs);
  await ending;
  clearTimeout(timer);
  killGroup(child); // whatever it started and left behind
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
