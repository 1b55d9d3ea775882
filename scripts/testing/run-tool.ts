import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { listProcesses } from "./leftovers.ts";

/** Nothing in `npm test` takes this long, also on a machine of half the speed; what does, hangs. */
const LIMIT_MS = 35 * 60_000;

/** A tool's helpers may end a moment after it. */
const GROUP_PATIENCE_MS = 2_000;

let current: ChildProcess | null = null;

/**
 * Runs a tool with its output on ours, in a process group of its own; resolves with its exit code. A tool that leaves
 * something running in its group has failed, and the rest is killed.
 */
export async function runTool(
  command: readonly [string, ...string[]],
  cwd: string,
  limitMs = LIMIT_MS,
): Promise<number> {
  const child = spawn(command[0], command.slice(1), { cwd, stdio: ["ignore", "inherit", "inherit"], detached: true });
  current = child;
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), limitMs);
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode) => resolve(exitCode ?? 1));
  });
  clearTimeout(timer);
  current = null;
  if (await groupEnds(child)) return code;
  signalGroup(child, "SIGKILL");
  console.error(`${command.join(" ")} left processes behind`);
  return 1;
}

/** Ends the running tool with everything it started; for a stop from outside. */
export function killCurrentTool(): void {
  if (current !== null) signalGroup(current, "SIGKILL");
}

/** What has ended, and is only not yet collected by whoever adopted it, does not run any more. */
async function groupEnds(child: ChildProcess): Promise<boolean> {
  const deadlineMs = performance.now() + GROUP_PATIENCE_MS;
  while (signalGroup(child, 0) && groupRuns(child)) {
    if (performance.now() > deadlineMs) return false;
    await sleep(50);
  }
  return true;
}

/** Where /proc tells nothing (macOS), whoever can be told runs. */
function groupRuns({ pid }: ChildProcess): boolean {
  const all = listProcesses();
  return all.length === 0 || all.some(({ groupId }) => groupId === pid);
}

/** True when the group has a process that could be told. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false; // ESRCH: the group is empty, as it should be
  }
}
