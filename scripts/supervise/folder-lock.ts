import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";

/** Who holds a lock. The start time tells a process from a later one that was given the same number. */
interface Holder {
  pid: number;
  startedAt: string;
}

export type LockAttempt =
  | { kind: "taken"; release: () => void /** True when a holder died without releasing it. */; wasStale: boolean }
  | { kind: "held"; pid: number };

/** Takes a lock file, or says which living process holds it. A dead holder's lock is taken over. */
export function takeLock(file: string): LockAttempt {
  const mine: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    if (linked(draft, file)) return { kind: "taken", release: () => release(file, mine), wasStale: false };
    const holder = readHolder(file);
    if (holder !== null && isAlive(holder)) return { kind: "held", pid: holder.pid };
    rmSync(file, { force: true });
    if (linked(draft, file)) return { kind: "taken", release: () => release(file, mine), wasStale: true };
    return { kind: "held", pid: readHolder(file)?.pid ?? 0 };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** link(2) is atomic and brings the content along: nobody reads a half-written lock. */
function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function release(file: string, mine: Holder): void {
  if (readHolder(file)?.pid === mine.pid) rmSync(file, { force: true });
}

function readHolder(file: string): Holder | null {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, "utf8")) as Partial<Holder>;
    return typeof pid === "number" && typeof startedAt === "string" ? { pid, startedAt } : null;
  } catch {
    return null; // gone in the meantime, or not ours
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return startOf(pid) === startedAt;
}

/** Start time in clock ticks after boot, field 22 of /proc/PID/stat; "" where the system has no such file (macOS). */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
