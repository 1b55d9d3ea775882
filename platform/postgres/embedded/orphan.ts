import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, readlink, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const FAST_SHUTDOWN_MS = 10_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;

/** Notes who started the engine, so that a later start can tell an orphan from the engine of a living Playhead. */
export async function rememberLauncher(dataDir: string): Promise<void> {
  await writeFile(join(dataDir, "launcher.pid"), `${process.pid}\n`);
}

/**
 * Makes sure that nothing runs on the cluster. A postmaster left behind by a dead launcher is stopped; a stale
 * `postmaster.pid` (its number may belong to a stranger by now) is removed; the engine of a living launcher is an error.
 */
export async function clearOrphan(dataDir: string, cluster: string, log: (message: string) => void): Promise<void> {
  const pidFile = join(cluster, "postmaster.pid");
  const pid = await readPid(pidFile);
  if (pid === null) return;
  const parentPid = await parentOfPostmaster(pid, cluster);
  if (parentPid === null) {
    await rm(pidFile, { force: true });
    return;
  }
  if (parentPid === (await readPid(join(dataDir, "launcher.pid")))) {
    throw new Error(`Another Playhead (process ${parentPid}) already runs with the data folder ${dataDir}`);
  }
  log(`stopping the Postgres that an earlier run left behind (process ${pid})`);
  await stopProcess(pid);
}

/** First line of a pid file; null when there is none. */
export async function readPid(path: string): Promise<number | null> {
  try {
    const pid = Number.parseInt((await readFile(path, "utf8")).split("\n", 1)[0] ?? "", 10);
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

/** False also for a zombie, which stays for as long as nobody asks for its end (process 1 of many containers never does). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // alive, but somebody else's
  }
  try {
    return stateAndParent(readFileSync(`/proc/${pid}/stat`, "utf8")).state !== "Z";
  } catch {
    return process.platform !== "linux"; // ended meanwhile, or no /proc to ask
  }
}

/** From "pid (name) state ppid …"; the name may itself contain blanks and brackets. */
function stateAndParent(stat: string): { state: string; parentPid: number } {
  const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state, parentPid: Number(parent) };
}

/** Parent of the process if it is the postmaster of this very cluster, else null. */
async function parentOfPostmaster(pid: number, cluster: string): Promise<number | null> {
  if (!isAlive(pid)) return null;
  try {
    return process.platform === "linux" ? await askProc(pid, cluster) : await askPs(pid, cluster);
  } catch {
    return null; // ended meanwhile, or another user's: a postmaster of ours we could ask
  }
}

async function askProc(pid: number, cluster: string): Promise<number | null> {
  if ((await readlink(`/proc/${pid}/cwd`)) !== (await realpath(cluster))) return null;
  return stateAndParent(await readFile(`/proc/${pid}/stat`, "utf8")).parentPid;
}

async function askPs(pid: number, cluster: string): Promise<number | null> {
  const { stdout } = await promisify(execFile)("/bin/ps", ["-ww", "-o", "ppid=,command=", "-p", String(pid)]);
  return stdout.includes(cluster) ? Number.parseInt(stdout.trim(), 10) : null;
}

async function stopProcess(pid: number): Promise<void> {
  process.kill(pid, "SIGINT"); // fast shutdown
  if (await endsWithin(pid, FAST_SHUTDOWN_MS)) return;
  process.kill(pid, "SIGQUIT"); // immediate shutdown: the next start recovers from the write-ahead log
  if (await endsWithin(pid, IMMEDIATE_SHUTDOWN_MS)) return;
  throw new Error(`The Postgres of an earlier run (process ${pid}) does not stop; end it and start again`);
}

async function endsWithin(pid: number, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; ) {
    if (!isAlive(pid)) return true;
    await delay(25);
  }
  return !isAlive(pid);
}
