import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Lies in the data folder; holds the owner's process id and when that process began. */
const LOCK_FILE = "engine.lock";

export interface Lock {
  release(): void;
}

/**
 * Takes the data folder for this process. A lock whose owner is gone (kill -9, power cut) is taken over; the start time
 * tells a living owner from a stranger with its recycled process id.
 *
 * @throws Error "… engine already running (pid N)" when the owner lives
 */
export function takeLock(dataDir: string): Lock {
  const path = join(dataDir, LOCK_FILE);
  const own = `${process.pid} ${startOf(process.pid) ?? "?"}\n`;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (createExclusively(path, own)) return { release: () => releaseOwn(path, own) };
    const owner = readOwner(path);
    if (owner !== null && isAlive(owner)) {
      throw new Error(`ClickHouse engine already running on ${dataDir} (pid ${owner.pid})`);
    }
    rmSync(path, { force: true });
  }
  throw new Error(`ClickHouse engine already running on ${dataDir}: another process took it just now`);
}

interface Owner {
  pid: number;
  start: string;
}

function createExclusively(path: string, content: string): boolean {
  try {
    const file = openSync(path, "wx", 0o600);
    writeSync(file, content);
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false; // fs errors carry a code
    throw error;
  }
}

function readOwner(path: string): Owner | null {
  const [pid, start] = (readOrNull(path) ?? "").trim().split(" ");
  return pid === undefined || start === undefined || !/^\d+$/.test(pid) ? null : { pid: Number(pid), start };
}

function isAlive(owner: Owner): boolean {
  if (owner.pid === process.pid) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false; // EPERM: it lives, under another user
  }
  const start = startOf(owner.pid);
  return start === null || owner.start === "?" || start === owner.start;
}

/** Clock ticks since boot at which a process began (Linux proc(5) `stat`, field 22); null elsewhere or when it is gone. */
function startOf(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  // Field 2 is the program's name in brackets and may hold blanks: counting begins behind it, at field 3.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields?.[0] === "Z") return "ended"; // killed, not yet reaped by its parent
  return fields?.[19] ?? null;
}

function releaseOwn(path: string, own: string): void {
  if (readOrNull(path) === own) rmSync(path, { force: true });
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
