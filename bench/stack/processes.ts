import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { internalPort, portsFrom } from "../../domain/ports.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const READY_MS = 30_000;

/** Starts a script of the repository; what it writes goes to `onLine`. */
export function spawnProgram(
  script: string,
  environment: Record<string, string>,
  onLine?: (line: string) => void,
): ChildProcess {
  const child = spawn(process.execPath, [script], { cwd: ROOT, env: environment, stdio: ["pipe", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => onLine?.(text.trimEnd()));
  }
  return child;
}

/** Sends a signal and resolves with the exit code when the process has ended. */
export async function endProgram(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<number | null> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
  const exited = once(child, "exit");
  child.kill(signal);
  const [code] = (await exited) as [number | null];
  return code;
}

/** Resolves when `GET /readyz` of the internal port answers 200. */
export async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const deadlineMs = performance.now() + READY_MS;
  while (performance.now() < deadlineMs) {
    if (child.exitCode !== null)
      throw new Error(`a program ended with exit code ${child.exitCode} before it was ready`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(25);
  }
  throw new Error(`port ${port} was not ready within ${READY_MS} ms`);
}

/** A base whose ports are all free now; away from the ports that systems give out by themselves. */
export async function freePortBase(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const base = 10_000 + Math.floor(Math.random() * 1_000) * 10;
    const ports = Object.values(portsFrom(base)).flatMap((port) => [port, internalPort(port)]);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return base;
  }
  throw new Error("no free ports found");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
